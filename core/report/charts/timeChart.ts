import { area, line, scaleLinear, symbol, symbolsFill } from "d3";
import { decimate } from "../../charts/decimate";
import { type ChartData, type ChartSeries, dashOf } from "../../charts/series";
import { valueExtent, valueScale } from "../../charts/valueScale";
import { element, type Markup } from "../markup";
import { bottomAxis, leftAxis, ticksOf } from "./axis";
import { type Picture, pictureWidth } from "./picture";

const margin = { top: 30, right: 20, bottom: 38, left: 66 };
/** Width of a letter of the legend, pixels. */
const letter = 7;

/** Values against training steps, as the panels draw them, without a page: lines, bands, points with error bars, changes. */
export function timeChart(label: string, data: ChartData, height = 240): Picture {
  const width = pictureWidth;
  const { extent, log } = data;
  const x = scaleLinear()
    .domain(extent[0] === extent[1] ? [extent[0] - 1, extent[1] + 1] : extent)
    .range([margin.left, width - margin.right]);
  const y = valueScale(valueExtent(data.series, extent, log), log, [height - margin.bottom, margin.top]);
  const known = (value: number | undefined): boolean =>
    value !== undefined && Number.isFinite(value) && (!log || value > 0);
  const across = (series: ChartSeries, index: number): number => x(series.steps[index] ?? NaN);
  const marks = (series: ChartSeries): Markup[] => {
    const indices = decimate(series.steps, series.values, extent, width / 2);
    const { low, high, look } = series;
    const band =
      low && high && !series.points
        ? area<number>()
            .digits(1)
            .defined((i) => known(low[i]) && known(high[i]))
            .x((i) => across(series, i))
            .y0((i) => y(low[i] ?? NaN))
            .y1((i) => y(high[i] ?? NaN))(indices)
        : null;
    const path = line<number>()
      .digits(1)
      .defined((i) => known(series.values[i]))
      .x((i) => across(series, i))
      .y((i) => y(series.values[i] ?? NaN))(indices);
    const points = series.points ? indices.filter((i) => known(series.values[i])) : [];
    const dash = dashOf(series);
    return [
      ...(band ? [element("path", { class: `band look-${look}`, d: band })] : []),
      element("path", {
        class: `line look-${look}${series.faint ? " faint" : ""}`,
        d: path ?? "",
        ...(dash === "" ? {} : { "stroke-dasharray": dash }),
      }),
      ...points.map((i) =>
        element(
          "g",
          { class: `point look-${look}`, transform: `translate(${across(series, i).toFixed(1)},0)` },
          ...(known(low?.[i]) && known(high?.[i])
            ? [element("path", { class: "bar", d: `M0 ${y(low![i]!).toFixed(1)}V${y(high![i]!).toFixed(1)}` })]
            : []),
          marker(look, y(series.values[i] ?? NaN)),
        ),
      ),
    ];
  };
  const shown = data.markers.filter(({ step }) => step >= extent[0] && step <= extent[1]);
  const svg = element(
    "svg",
    { class: "chart", role: "img", "aria-label": label, viewBox: `0 0 ${width} ${height}`, width, height },
    leftAxis(y, ticksOf(y, log, Math.floor(height / 36)), margin.left, width - margin.right),
    bottomAxis(x, data.across === undefined ? x.ticks(8).filter(Number.isInteger) : x.ticks(8), height - margin.bottom),
    element(
      "text",
      { class: "title", x: width - margin.right, y: height - 4, "text-anchor": "end" },
      data.across ?? "step",
    ),
    element("text", { class: "title", x: 4, y: 12 }, data.axis),
    ...data.series.flatMap(marks),
    ...shown.map(({ step, label: text }) =>
      element(
        "g",
        { class: "change", transform: `translate(${x(step).toFixed(1)},0)` },
        element("path", { d: `M0 ${margin.top}V${height - margin.bottom}`, "stroke-dasharray": "1 3" }),
        element("text", { x: 4, y: margin.top + 9 }, `→ ${text}`),
      ),
    ),
    ...legend(
      data.series.filter(({ faint }) => !faint),
      data.axis.length * letter + 30,
    ),
  );
  return { svg, width, height };
}

function marker(look: number, y: number): Markup {
  return element("path", {
    class: "mark",
    d: symbol(symbolsFill[look % symbolsFill.length], 36)() ?? "",
    transform: `translate(0,${y.toFixed(1)})`,
  });
}

/** Dashes and names in one row above the plot. */
function legend(series: readonly ChartSeries[], from: number): Markup[] {
  let x = from;
  return series.map((entry) => {
    const dash = dashOf(entry);
    const at = x;
    x += 34 + entry.title.length * letter + 14;
    return element(
      "g",
      { transform: `translate(${at},8)` },
      element("path", {
        class: `line look-${entry.look}`,
        d: "M0 0h26",
        ...(dash === "" ? {} : { "stroke-dasharray": dash }),
      }),
      ...(entry.points
        ? [element("g", { class: `point look-${entry.look}`, transform: "translate(13,0)" }, marker(entry.look, 0))]
        : []),
      element("text", { x: 32, y: 4 }, entry.title),
    );
  });
}
