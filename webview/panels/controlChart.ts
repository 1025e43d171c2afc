import { axisBottom, scaleLog, select } from "d3";
import type { ControlVariateRecord, ControlVariateReport } from "../../core/protocol/snapshot";
import { logTicks } from "../charts/valueScale";
import { svg } from "../dom";
import { formatNumber, formatTick } from "../format";
import { text } from "../text";
import { verdictMark } from "./verdictMark";

const rowHeight = 34;
const topHeight = 22;
const axisHeight = 24;

export type ControlEffect = "lowers" | "raises" | "unknown";

/** What is told at 95 %: an interval on one side of 1. */
export function controlEffect({ interval }: Pick<ControlVariateReport, "interval">): ControlEffect {
  if (interval && interval[0] > 1) return "raises";
  return interval && interval[1] < 1 ? "lowers" : "unknown";
}

export function effectWord(effect: ControlEffect): string {
  return {
    lowers: text("lowers the variance"),
    raises: text("raises the variance"),
    unknown: text("not told from 1"),
  }[effect];
}

/** One row per node: name, mark, variance ratio with its interval on a log scale where 1 is marked, and the numbers. */
export function drawControlChart({ nodes }: ControlVariateRecord, width: number): SVGSVGElement {
  const numbers = width >= 480 ? 150 : 0;
  const left = Math.min(190, Math.max(120, width * 0.3));
  const right = Math.max(left + 60, width - numbers - 14);
  const bottom = topHeight + nodes.length * rowHeight;
  const height = bottom + axisHeight;
  const ends = nodes
    .flatMap(({ varianceRatio, interval }) => [varianceRatio ?? 1, ...(interval ?? [])])
    .filter((end) => end > 0 && Number.isFinite(end));
  const low = Math.min(0.5, ...ends) / 1.2;
  const high = Math.max(2, ...ends) * 1.2;
  const x = scaleLog().domain([low, high]).range([left, right]);
  const axis = svg("g", { class: "axis", transform: `translate(0,${bottom})` });
  select(axis).call(
    axisBottom(x)
      .tickValues([...logTicks(x.domain(), Math.max(2, Math.floor((right - left) / 60)))])
      .tickFormat((value) => formatTick(Number(value))),
  );
  const label = (px: number, py: number, content: string, style: string): SVGTextElement =>
    svg("text", { class: `picture-text ${style}`, x: px, y: py }, content);
  const rows = nodes.map((report, index) => {
    const { node, estimator, varianceRatio, interval, correlation, bestCoefficient } = report;
    const y = topHeight + index * rowHeight + rowHeight / 2;
    const effect = controlEffect(report);
    const mark = { lowers: "unbiased", raises: "biased", unknown: "undecided" } as const;
    const more = text("ρ {0}, best {1}", formatNumber(correlation), formatNumber(bestCoefficient));
    const ratio = text("× {0}", formatNumber(varianceRatio));
    return svg(
      "g",
      { class: `control-row ${effect}` },
      svg("title", {}, `${node}: ${effectWord(effect)}, ${ratio}, ${more}`),
      verdictMark(mark[effect], 10, y),
      label(22, y - 2, node, "row-name"),
      label(22, y + 11, estimator, "row-more"),
      ...(interval && interval[1] > interval[0]
        ? [
            svg("path", {
              class: "whisker",
              d: `M${x(Math.max(low, interval[0]))} ${y}H${x(interval[1])}m0 -5v10M${x(Math.max(low, interval[0]))} ${y - 5}v10`,
            }),
          ]
        : []),
      ...(varianceRatio === null || varianceRatio <= 0
        ? []
        : [svg("circle", { class: "bias-point", cx: x(varianceRatio), cy: y, r: 4 })]),
      ...(numbers > 0
        ? [label(right + 14, y - 2, ratio, "row-number"), label(right + 14, y + 11, more, "row-more")]
        : []),
    );
  });
  return svg(
    "svg",
    {
      class: "chart control-chart",
      role: "img",
      "aria-label": text("Variance with each node's control variate over that without; the table has the numbers."),
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    svg("path", { class: "margin-line", d: `M${x(1)} ${topHeight - 4}V${bottom}` }),
    label(x(1) + 4, 13, text("no effect"), "row-more"),
    ...rows,
    axis,
  );
}
