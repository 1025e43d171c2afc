import { axisBottom, axisLeft, line, scaleLinear, scaleLog, select, symbol, symbolsFill } from "d3";
import type { Measured, SweepRecord } from "../../core/protocol/sweep";
import { dashOf } from "../../core/charts/series";
import { logTicks, valueScale } from "../../core/charts/valueScale";
import { svg } from "../dom";
import { formatTick } from "../format";
import { text } from "../text";
import { type SweepCurve, type SweepPlot, sweepPlots } from "./sweepCurves";
import { overWord } from "./sweepText";

const left = 58;
const right = 14;
const titleHeight = 20;
const legendHeight = 20;
const axisHeight = 24;
const axisTitleHeight = 16;
/** Height of a plot's own area and width of a plot, at least. */
const lowest = 90;
const narrowest = 250;
/** Width of a letter of the legend, pixels. */
const letter = 6.4;

type Place = (value: number) => number;

/** The curves of a sweep with their intervals, on a log scale of values; points that lie below it are arrows. */
export function drawSweepChart(record: SweepRecord, width: number, wanted: number): SVGSVGElement {
  const plots = sweepPlots(record);
  const legend = legendRows(plots[0]?.curves ?? [], width);
  const columns = width / plots.length >= narrowest ? plots.length : 1;
  const rows = plots.length / columns;
  const frame = titleHeight + axisHeight + axisTitleHeight;
  const each = Math.max(frame + lowest, (wanted - legend.height) / rows);
  const height = legend.height + rows * each;
  const parts = plots.map((plot, index) => {
    const part = drawPlot(record, plot, width / columns, each);
    const [x, y] = [(index % columns) * (width / columns), Math.floor(index / columns) * each + legend.height];
    part.setAttribute("transform", `translate(${x},${y})`);
    return part;
  });
  const names = (plots[0]?.curves ?? []).map(({ title }) => title).join(", ");
  return svg(
    "svg",
    {
      class: "chart sweep-chart",
      role: "img",
      "aria-label": text("{0} against {1}; the table has the numbers.", names, overWord(record.over)),
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    legend.element,
    ...parts,
  );
}

function abscissa({ over, points }: SweepRecord, range: [number, number]): ReturnType<typeof scaleLog<number, number>> {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const scale = (over === "order" ? scaleLinear() : scaleLog()) as ReturnType<typeof scaleLog<number, number>>;
  return scale.domain(high > low ? [low, high] : [low * 0.8, high * 1.25]).range(range);
}

function drawPlot(record: SweepRecord, { title, curves }: SweepPlot, width: number, height: number): SVGGElement {
  const { points, best, over } = record;
  const top = titleHeight;
  const bottom = height - axisHeight - axisTitleHeight;
  const x = abscissa(record, [left + 10, width - right - 10]);
  const y = valueScale(extentOf(curves), true, [bottom, top]);
  const [floor] = y.domain() as [number, number];
  const ticks = logTicks(y.domain(), Math.max(2, Math.floor((bottom - top) / 32)));
  const values = svg("g", { class: "axis", transform: `translate(${left},0)` });
  select(values).call(
    axisLeft(y)
      .tickValues([...ticks])
      .tickFormat((value) => formatTick(Number(value))),
  );
  const swept = points.map(({ value }) => value);
  const along = svg("g", { class: "axis", transform: `translate(0,${bottom})` });
  select(along).call(
    axisBottom(x)
      .tickValues(swept.filter((value, i) => i === 0 || x(value) - x(swept[i - 1]!) > 24))
      .tickFormat((value) => formatTick(Number(value))),
  );
  const late = best !== null && x(best) > width - 110;
  const marked =
    best === null
      ? []
      : [
          svg("path", { class: "margin-line", d: `M${x(best)} ${top}V${bottom}` }),
          svg(
            "text",
            {
              class: "picture-text row-more",
              x: x(best) + (late ? -5 : 5),
              y: top + 10,
              "text-anchor": late ? "end" : "start",
            },
            text("best: {0}", formatTick(best)),
          ),
        ];
  return svg(
    "g",
    {},
    svg("text", { class: "picture-text row-more", x: 4, y: 12 }, title),
    svg(
      "g",
      { class: "grid" },
      ...ticks.map((tick) => svg("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick) })),
    ),
    values,
    along,
    svg(
      "text",
      { class: "picture-text", x: (left + width - right) / 2, y: height - 4, "text-anchor": "middle" },
      overWord(over),
    ),
    ...marked,
    ...curves.map((curve) =>
      drawCurve(
        curve,
        swept.map((value) => x(value)),
        (value) => y(Math.max(floor, value)),
        floor,
      ),
    ),
  );
}

function drawCurve({ title, look, values }: SweepCurve, xs: readonly number[], y: Place, floor: number): SVGGElement {
  const shape = symbol(symbolsFill[look % symbolsFill.length], 44)() ?? "";
  const path = line<Measured>()
    .defined(({ value }) => value !== null)
    .x((_, i) => xs[i]!)
    .y(({ value }) => y(value ?? floor))
    .digits(1)([...values]);
  const marks = values.flatMap(({ value, interval }, i) => {
    if (value === null) return [];
    const at = xs[i]!;
    const below = value < floor;
    const spread = interval && interval[1] > interval[0] && interval[1] > floor;
    return [
      ...(spread
        ? [svg("path", { class: `line series-${look}`, d: `M${at} ${y(interval[0])}V${y(interval[1])}m-3 0h6` })]
        : []),
      svg(
        "g",
        { class: `point series-${look}`, transform: `translate(${at},${y(value)})` },
        svg("path", { d: below ? "M-5 -6h10l-5 8z" : shape }),
      ),
    ];
  });
  return svg(
    "g",
    { class: "sweep-curve" },
    svg("title", {}, title),
    svg("path", { class: `line series-${look}`, d: path ?? "", "stroke-dasharray": dashOf({ look }) }),
    ...marks,
  );
}

/** Values above 0 and the ends of their intervals; what is not told from 0 does not stretch the axis far down. */
function extentOf(curves: readonly SweepCurve[]): readonly [number, number] | null {
  const all = curves.flatMap(({ values }) => values);
  const highs = all.flatMap(({ value, interval }) => [value ?? 0, interval?.[1] ?? 0]).filter((end) => end > 0);
  const lows = all.flatMap(({ value, interval }) => {
    if (value === null || value <= 0) return [];
    return interval && interval[0] > 0 ? [interval[0]] : [value];
  });
  return highs.length === 0 ? null : [Math.min(...highs, ...lows), Math.max(...highs)];
}

function legendRows(curves: readonly SweepCurve[], width: number): { element: SVGGElement; height: number } {
  let px = 4;
  let py = 0;
  const entries = curves.map(({ title, look }) => {
    const wide = 34 + title.length * letter + 14;
    if (px > 4 && px + wide > width) {
      px = 4;
      py += legendHeight;
    }
    const shape = symbol(symbolsFill[look % symbolsFill.length], 36)() ?? "";
    const entry = svg(
      "g",
      { transform: `translate(${px},${py + 10})` },
      svg("path", { class: `line series-${look}`, d: "M0 0h26", "stroke-dasharray": dashOf({ look }) }),
      svg("g", { class: `point series-${look}`, transform: "translate(13,0)" }, svg("path", { d: shape })),
      svg("text", { class: "picture-text", x: 32, y: 4 }, title),
    );
    px += wide;
    return entry;
  });
  return { element: svg("g", {}, ...entries), height: py + legendHeight };
}
