import { scaleLinear, scaleLog } from "d3";
import { element, type Markup } from "../markup";
import { bottomAxis, ticksOf } from "./axis";
import { type Picture, pictureWidth } from "./picture";

const rowHeight = 26;
const top = 24;
const bottomHeight = 40;
const numbersWidth = 230;

export interface ChartRow {
  readonly name: string;
  /** `fine` and `bad` are told by shape as well: a disc, a diamond; others are a ring. */
  readonly tone: "fine" | "bad" | "plain";
  /** Null is unknown: the row has no mark. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** The numbers, in words. */
  readonly text: string;
}

export interface RowChartOptions {
  readonly label: string;
  readonly axis: string;
  readonly log: boolean;
  /** A value to compare with: a line with its name. */
  readonly rule?: { readonly value: number; readonly label: string };
}

/** One row per name: a mark with its interval on a shared axis, and the numbers beside it. */
export function rowChart(rows: readonly ChartRow[], { label, axis, log, rule }: RowChartOptions): Picture {
  const width = pictureWidth;
  const bottom = top + rows.length * rowHeight;
  const height = bottom + bottomHeight;
  const left = Math.min(240, 24 + 7 * Math.max(6, ...rows.map(({ name }) => name.length)));
  const right = width - numbersWidth;
  const ends = rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])]);
  const known = [...ends, rule?.value ?? null].filter(
    (end): end is number => end !== null && Number.isFinite(end) && (!log || end > 0),
  );
  const [low, high] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : log ? [0.1, 10] : [0, 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  const x = (log ? scaleLog() : scaleLinear())
    .domain(log ? [low / 1.3, high * 1.3] : [low - room, high + room])
    .range([left, right]);
  const at = (value: number): number => x(Math.min(x.domain()[1]!, Math.max(x.domain()[0]!, value)));
  const ticks = ticksOf(x, log, Math.floor((right - left) / 60));
  const svg = element(
    "svg",
    { class: "chart", role: "img", "aria-label": label, viewBox: `0 0 ${width} ${height}`, width, height },
    ...ticks.map((tick) => element("path", { class: "grid", d: `M${x(tick).toFixed(1)} ${top}V${bottom}` })),
    bottomAxis(x, ticks, bottom),
    element("text", { class: "title", x: right, y: height - 4, "text-anchor": "end" }, axis),
    ...(rule
      ? [
          element("path", { class: "rule", d: `M${at(rule.value).toFixed(1)} ${top - 4}V${bottom}` }),
          element("text", { class: "title", x: at(rule.value), y: top - 9, "text-anchor": "middle" }, rule.label),
        ]
      : []),
    ...rows.map((row, index) => drawRow(row, top + (index + 0.5) * rowHeight, left, right, at)),
  );
  return { svg, width, height };
}

function drawRow(
  { name, tone, value, interval, text }: ChartRow,
  y: number,
  left: number,
  right: number,
  at: (value: number) => number,
): Markup {
  const letters = Math.floor((left - 12) / 7);
  return element(
    "g",
    { class: `row ${tone}`, transform: `translate(0,${y})` },
    element("title", {}, `${name}: ${text}`),
    element("text", { x: 4, y: 4 }, name.length > letters ? `…${name.slice(1 - letters)}` : name),
    ...(interval
      ? [
          element("path", {
            class: "whisker",
            d: `M${at(interval[0]).toFixed(1)} 0H${at(interval[1]).toFixed(1)}m0 -4v8M${at(interval[0]).toFixed(1)} -4v8`,
          }),
        ]
      : []),
    ...(value === null ? [] : [mark(tone, at(value))]),
    element("text", { x: right + 12, y: 4 }, text),
  );
}

function mark(tone: ChartRow["tone"], x: number): Markup {
  if (tone === "bad") return element("path", { class: "mark", d: `M${(x - 6).toFixed(1)} 0l6 -6 6 6 -6 6z` });
  return element("circle", { class: "mark", cx: x, cy: 0, r: 4.5 });
}
