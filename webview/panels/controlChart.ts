import { scaleLog } from "d3";
import type { ControlVariateRecord, ControlVariateReport } from "../../core/protocol/snapshot";
import { formatNumber } from "../format";
import { text } from "../text";
import { drawRowChart } from "./rowChart";

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
  const ends = nodes
    .flatMap(({ varianceRatio, interval }) => [varianceRatio ?? 1, ...(interval ?? [])])
    .filter((end) => end > 0 && Number.isFinite(end));
  const low = Math.min(0.5, ...ends) / 1.2;
  const high = Math.max(2, ...ends) * 1.2;
  const marks = { lowers: "unbiased", raises: "biased", unknown: "undecided" } as const;
  const rows = nodes.map((report) => {
    const { node, estimator, varianceRatio, interval, correlation, bestCoefficient } = report;
    const effect = controlEffect(report);
    const more = text("ρ {0}, best {1}", formatNumber(correlation), formatNumber(bestCoefficient));
    const number = text("× {0}", formatNumber(varianceRatio));
    return {
      id: node,
      style: `control-row ${effect}`,
      title: `${node}: ${effectWord(effect)}, ${number}, ${more}`,
      name: node,
      more: estimator,
      mark: marks[effect],
      value: varianceRatio !== null && varianceRatio > 0 ? varianceRatio : null,
      interval,
      number,
      numberMore: more,
    };
  });
  return drawRowChart({
    rows,
    style: "control-chart",
    label: text("Variance with each node's control variate over that without; the table has the numbers."),
    width,
    rowHeight: 34,
    nameWidth: Math.min(190, Math.max(120, width * 0.3)),
    numbersWidth: width >= 480 ? 150 : 0,
    scale: (range) => scaleLog().domain([low, high]).range(range),
    log: true,
    rules: [{ value: 1, label: text("no effect") }],
  });
}
