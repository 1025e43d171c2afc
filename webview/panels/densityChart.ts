import { axisBottom, axisLeft, line, curveStepAfter, scaleLinear, select } from "d3";
import type { PartDensity } from "../../core/protocol/watched";
import { dashOf } from "../../core/charts/series";
import { logTicks, valueScale } from "../../core/charts/valueScale";
import { svg } from "../dom";
import { formatTick } from "../format";
import { text } from "../text";

const margin = { top: 30, right: 16, bottom: 36, left: 58 };

export interface DensityCurve {
  readonly title: string;
  readonly look: number;
  readonly counts: Uint32Array;
}

/** The parts of one parameter's gradient in the order of their looks. */
export function densityCurves({ path, score, total }: PartDensity): readonly DensityCurve[] {
  return [
    { title: text("path"), look: 0, counts: path },
    { title: text("score"), look: 1, counts: score },
    { title: text("total derivative"), look: 2, counts: total },
  ];
}

/** Counts per value and width of a bin: 1 over all values, those beyond the ends included. */
export function binDensity(counts: Uint32Array, bin: number, { low, high, values }: PartDensity): number {
  return ((counts[bin] ?? 0) * counts.length) / (values * (high - low));
}

/** Densities of a parameter's path and score part, and of their sum, on a log scale; empty bins lie on its floor. */
export function drawDensityChart(parameter: PartDensity, width: number, wanted: number): SVGSVGElement {
  const height = Math.max(180, wanted);
  const { name, low, high } = parameter;
  const curves = densityCurves(parameter);
  const bins = parameter.path.length;
  const densities = curves.map(({ counts }) => Array.from(counts, (_, bin) => binDensity(counts, bin, parameter)));
  const floor = 0.5 / ((parameter.values * (high - low)) / bins);
  const x = scaleLinear()
    .domain([low, high])
    .range([margin.left, width - margin.right]);
  const y = valueScale([floor, Math.max(floor * 10, ...densities.flat())], true, [height - margin.bottom, margin.top]);
  const along = svg("g", { class: "axis", transform: `translate(0,${height - margin.bottom})` });
  const up = svg("g", { class: "axis", transform: `translate(${margin.left},0)` });
  const tick = (value: { valueOf(): number }): string => formatTick(value.valueOf());
  const shown = logTicks(y.domain(), Math.max(2, Math.floor(height / 40)));
  select(along).call(
    axisBottom(x)
      .ticks(Math.max(2, width / 90))
      .tickFormat(tick),
  );
  select(up).call(
    axisLeft(y)
      .tickValues([...shown])
      .tickFormat(tick),
  );
  const step = line<number>()
    .curve(curveStepAfter)
    .digits(1)
    .x((_, bin) => x(low + ((high - low) * bin) / bins))
    .y((density) => y(Math.max(floor, density)));
  return svg(
    "svg",
    {
      class: "chart density-chart",
      role: "img",
      "aria-label": text("Densities of path, score and total derivative of {0}; the table has the numbers.", name),
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    svg(
      "g",
      { class: "grid" },
      ...shown.map((value) => svg("line", { x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) })),
    ),
    svg("path", { class: "margin-line", d: `M${x(0)} ${margin.top}V${height - margin.bottom}` }),
    ...curves.flatMap(({ title, look }, i) => [
      svg("path", {
        class: `line series-${look}`,
        "stroke-dasharray": dashOf({ look }),
        // The last bin reaches to the end.
        d: step([...densities[i]!, densities[i]!.at(-1) ?? floor]) ?? "",
      }),
      svg(
        "g",
        { transform: `translate(${margin.left + i * 110},8)` },
        svg("path", { class: `line series-${look}`, d: "M0 2h26", "stroke-dasharray": dashOf({ look }) }),
        svg("text", { x: 32, y: 6 }, title),
      ),
    ]),
    along,
    up,
    svg(
      "text",
      { x: (margin.left + width) / 2, y: height - 5, "text-anchor": "middle" },
      text("element of one example's gradient, loss/parameter"),
    ),
    svg("text", { "text-anchor": "middle", transform: `translate(12,${height / 2}) rotate(-90)` }, text("density")),
  );
}
