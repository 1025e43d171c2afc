import { scaleLog, type ScaleContinuousNumeric } from "d3";
import type { ComparedEstimator, ComparisonRecord } from "../../core/protocol/comparison";
import { formatNumber } from "../format";
import { text } from "../text";
import { drawRowChart } from "./rowChart";
import { verdictWord } from "./verdictMark";

/** Variance of one estimate times the seconds of a step: what one unit of time leaves of the noise. Null without variance. */
export function workOf({ variance, secondsPerStep }: ComparedEstimator): number | null {
  return variance === null || variance === 0 ? null : variance * secondsPerStep;
}

/** Best first: without noise, then by variance × time, unknown last. */
export function ranked({ estimators }: ComparisonRecord): readonly ComparedEstimator[] {
  const rank = (entry: ComparedEstimator): number => (entry.variance === 0 ? 0 : (workOf(entry) ?? Infinity));
  return [...estimators].sort((a, b) => rank(a) - rank(b));
}

export interface CompareChartOptions {
  readonly width: number;
  /** The estimator that trains now, which is marked. */
  readonly driving: string;
  /** Whether a row can be chosen. */
  readonly active: boolean;
}

/** One row per estimator: verdict, id, a bar of variance × time on a log scale with its whisker, and the number. */
export function drawCompareChart(
  record: ComparisonRecord,
  { width, driving, active }: CompareChartOptions,
): SVGSVGElement {
  const entries = ranked(record);
  const rows = entries.map((entry) => {
    const { id, verdict, interval, secondsPerStep } = entry;
    const work = workOf(entry);
    const number = entry.variance === 0 ? text("no noise") : formatNumber(work);
    const isDriving = id === driving;
    const words = isDriving ? text("{0}, trains now", id) : active ? text("Train on with {0}", id) : id;
    return {
      id,
      style: `compare-row${isDriving ? " driving" : ""}`,
      title: `${words}: ${verdictWord(verdict)}, ${text("variance × seconds {0}", number)}`,
      name: isDriving ? `${id} ◀` : id,
      mark: verdict,
      value: work,
      interval: interval ? ([interval[0] * secondsPerStep, interval[1] * secondsPerStep] as const) : null,
      number,
      choosable: active && !isDriving,
    };
  });
  return drawRowChart({
    rows,
    style: "compare-chart",
    label: text("Variance of one estimate times seconds of a step, best first"),
    width,
    rowHeight: 28,
    nameWidth: Math.min(190, Math.max(140, width * 0.36)),
    numbersWidth: width >= 480 ? 74 : 0,
    scale: (range) => workScale(entries, range),
    log: true,
    bars: true,
  });
}

function workScale(
  entries: readonly ComparedEstimator[],
  range: [number, number],
): ScaleContinuousNumeric<number, number> {
  const values = entries.flatMap((entry) => {
    const ends = entry.interval?.map((end) => end * entry.secondsPerStep) ?? [];
    return [workOf(entry) ?? 0, ...ends].filter((value) => value > 0 && Number.isFinite(value));
  });
  const low = values.length > 0 ? Math.min(...values) : 0.1;
  const high = values.length > 0 ? Math.max(...values) : 1;
  return scaleLog()
    .domain([low / 1.6, Math.max(high * 1.1, low * 2)])
    .range(range);
}
