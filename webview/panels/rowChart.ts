import { axisBottom, select, type ScaleContinuousNumeric } from "d3";
import type { Verdict } from "../../core/protocol/bias";
import { logTicks } from "../../core/charts/valueScale";
import { svg } from "../dom";
import { formatTick } from "../format";
import { verdictMark } from "./verdictMark";

const axisHeight = 24;
const barHeight = 12;
/** Width of a letter of a name, pixels. */
const letter = 7;

/** What a mark takes before a name, and what is left free behind it. */
const markRoom = 23;
const nameGap = 6;

/** Width that names behind marks need before the axis. */
export const nameRoom = (names: readonly string[]): number =>
  markRoom + nameGap + letter * Math.max(0, ...names.map(({ length }) => length));

/** One thing with a value on the axis. */
export interface ChartRow {
  readonly id: string;
  /** Added to the row's class. */
  readonly style: string;
  /** Everything that the row tells, in words. */
  readonly title: string;
  readonly name: string;
  /** Below the name. */
  readonly more?: string;
  readonly mark?: Verdict;
  /** Beside the mark, which then stands before the axis and not before the name. */
  readonly word?: string;
  /** Null where it is unknown. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** The value and what else there is to say of it, where there is room. */
  readonly number: string;
  readonly numberMore?: string;
  /** Whether a click or Enter on it does something. */
  readonly choosable?: boolean;
}

export interface RowChartOptions {
  readonly rows: readonly ChartRow[];
  readonly style: string;
  readonly label: string;
  readonly width: number;
  readonly rowHeight: number;
  /** Width of what stands before the axis, and of the numbers behind it. */
  readonly nameWidth: number;
  readonly numbersWidth: number;
  readonly scale: (range: [number, number]) => ScaleContinuousNumeric<number, number>;
  /** Whether decades are marked on the axis. */
  readonly log: boolean;
  /** Bars from the axis' lower end instead of dots. */
  readonly bars?: boolean;
  /** Values that the rows are held against. */
  readonly rules?: readonly { readonly value: number; readonly label: string }[];
}

/** Rows of name, verdict, dot or bar with a whisker on one common axis, and numbers. The row's id is in `data-row`. */
export function drawRowChart(options: RowChartOptions): SVGSVGElement {
  const { rows, style, label, width, rowHeight, nameWidth, numbersWidth, rules = [] } = options;
  const top = rules.length > 0 ? 22 : 8;
  const right = Math.max(nameWidth + 60, width - numbersWidth - 12);
  const bottom = top + rows.length * rowHeight;
  const height = bottom + axisHeight;
  const x = options.scale([nameWidth, right]);
  const wanted = Math.max(2, Math.floor((right - nameWidth) / 60));
  const axis = svg("g", { class: "axis", transform: `translate(0,${bottom})` });
  select(axis).call(
    axisBottom(x)
      .tickValues([...(options.log ? logTicks(x.domain(), wanted) : x.ticks(wanted))])
      .tickFormat((value) => formatTick(Number(value))),
  );
  return svg(
    "svg",
    { class: `chart ${style}`, role: "group", "aria-label": label, width, height, viewBox: `0 0 ${width} ${height}` },
    ...rules.flatMap(({ value, label: words }) => {
      const at = x(value);
      const late = at > width - 84;
      return [
        svg("path", { class: "margin-line", d: `M${at} ${top - 4}V${bottom}` }),
        svg(
          "text",
          { class: "picture-text row-more", x: at + (late ? -4 : 4), y: 13, "text-anchor": late ? "end" : "start" },
          words,
        ),
      ];
    }),
    ...rows.map((row, index) => drawRow(row, options, x, right, top + (index + 0.5) * rowHeight)),
    axis,
  );
}

function drawRow(
  row: ChartRow,
  { width, rowHeight, nameWidth, numbersWidth, bars = false }: RowChartOptions,
  x: ScaleContinuousNumeric<number, number>,
  right: number,
  y: number,
): SVGGElement {
  const { id, style, title, name, more, mark, word, value, interval, number, numberMore, choosable } = row;
  const [low, high] = x.domain() as [number, number];
  const at = (place: number): number => x(Math.min(high, Math.max(low, place)));
  const text = (px: number, py: number, content: string, kind: string): SVGTextElement =>
    svg("text", { class: `picture-text ${kind}`, x: px, y: py }, content);
  const nameAt = mark && word === undefined ? markRoom : 4;
  const nameEnd = word === undefined ? nameWidth - nameGap : nameWidth - 108;
  const ends = interval && interval[1] > interval[0] ? interval.map(at) : null;
  const group = svg(
    "g",
    {
      class: `row-item ${style}${choosable ? " choosable" : ""}`,
      ...(choosable ? { role: "button", tabindex: 0 } : {}),
    },
    svg("title", {}, title),
    svg("rect", { class: "row-ground", x: 0, y: y - rowHeight / 2 + 1, width, height: rowHeight - 2 }),
    text(nameAt, more === undefined ? y + 4 : y - 2, clipped(name, (nameEnd - nameAt) / letter), "row-name"),
    ...(more === undefined ? [] : [text(nameAt, y + 11, clipped(more, (nameEnd - nameAt) / letter), "row-more")]),
    ...(mark ? [verdictMark(mark, word === undefined ? 11 : nameWidth - 96, y)] : []),
    ...(word === undefined ? [] : [text(nameWidth - 84, y + 4, word, "row-verdict")]),
    ...(value !== null && bars ? [bar(nameWidth, at(value), y)] : []),
    ...(ends
      ? [svg("path", { class: "whisker", d: `M${ends[0]} ${y}H${ends[1]}m0 -5v10M${ends[0]} ${y - 5}v10` })]
      : []),
    ...(value !== null && !bars ? [dot(at(value), y, value < low)] : []),
    ...(numbersWidth > 0 || value === null
      ? [text(value === null && bars ? nameWidth + 4 : right + 14, numberMore ? y - 2 : y + 4, number, "row-number")]
      : []),
    ...(numbersWidth > 0 && numberMore ? [text(right + 14, y + 11, numberMore, "row-more")] : []),
  );
  group.dataset["row"] = id;
  return group;
}

function bar(from: number, to: number, y: number): SVGElement {
  const length = Math.max(1, to - from);
  return svg("rect", { class: "compare-bar", x: from, y: y - barHeight / 2, width: length, height: barHeight });
}

/** A dot, or an arrow to the left where the value lies below the axis. */
function dot(x: number, y: number, below: boolean): SVGElement {
  return below
    ? svg("path", { class: "bias-point", d: `M${x - 1} ${y}l8 -5v10z` })
    : svg("circle", { class: "bias-point", cx: x, cy: y, r: 4 });
}

function clipped(name: string, letters: number): string {
  return name.length <= letters ? name : `…${name.slice(-Math.max(4, Math.floor(letters) - 1))}`;
}

/** Calls back with the id of a choosable row that is clicked or entered. */
export function onRow(element: HTMLElement, choose: (id: string) => void): void {
  const pick = (target: EventTarget | null): boolean => {
    const row = target instanceof Element ? target.closest<SVGElement>("[data-row].choosable") : null;
    const id = row?.dataset["row"];
    if (id !== undefined) choose(id);
    return id !== undefined;
  };
  element.addEventListener("click", ({ target }) => void pick(target));
  element.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && pick(event.target)) event.preventDefault();
  });
}
