import { scaleLog } from "d3";
import { formatNumber } from "../format";
import { text } from "../text";
import { drawRowChart, nameRoom } from "./rowChart";

export type RatioEffect = "lowers" | "raises" | "unknown";

/** A ratio of variances with its 95 % interval. */
export interface RatioRow {
  readonly name: string;
  /** Under the name. */
  readonly detail: string;
  readonly ratio: number | null;
  readonly interval: readonly [number, number] | null;
  /** Under the ratio. */
  readonly more: string;
}

/** What is told at 95 %: an interval on one side of 1. */
export function ratioEffect({ interval }: Pick<RatioRow, "interval">): RatioEffect {
  if (interval && interval[0] > 1) return "raises";
  return interval && interval[1] < 1 ? "lowers" : "unknown";
}

export function effectWord(effect: RatioEffect): string {
  return {
    lowers: text("lowers the variance"),
    raises: text("raises the variance"),
    unknown: text("not told from 1"),
  }[effect];
}

/** One row each: name, mark, ratio with its interval on a log scale where 1 is marked, and the numbers. */
export function drawRatioChart(ratios: readonly RatioRow[], label: string, width: number): SVGSVGElement {
  const ends = ratios
    .flatMap(({ ratio, interval }) => [ratio ?? 1, ...(interval ?? [])])
    .filter((end) => end > 0 && Number.isFinite(end));
  const low = Math.min(0.5, ...ends) / 1.2;
  const high = Math.max(2, ...ends) * 1.2;
  const marks = { lowers: "unbiased", raises: "biased", unknown: "undecided" } as const;
  const rows = ratios.map((row) => {
    const { name, detail, ratio, interval, more } = row;
    const effect = ratioEffect(row);
    const number = text("× {0}", formatNumber(ratio));
    return {
      id: name,
      style: `control-row ${effect}`,
      title: `${name}: ${effectWord(effect)}, ${number}, ${more}`,
      name,
      more: detail,
      mark: marks[effect],
      value: ratio !== null && ratio > 0 ? ratio : null,
      interval,
      number,
      numberMore: more,
    };
  });
  return drawRowChart({
    rows,
    style: "control-chart",
    label,
    width,
    rowHeight: 34,
    // No name is cut where there is room for it.
    nameWidth: Math.min(Math.max(130, width * 0.45), Math.max(120, nameRoom(ratios.map(({ name }) => name)))),
    numbersWidth: width >= 480 ? 150 : 0,
    scale: (range) => scaleLog().domain([low, high]).range(range),
    log: true,
    rules: [{ value: 1, label: text("no effect") }],
  });
}
