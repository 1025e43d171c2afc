import type { ChartData, ChartSeries } from "../charts/series";
import type { Report } from "./report";

/** Steps and changes of estimator that every chart of a run over steps has. */
export function overSteps(
  { run, changes }: Report,
  series: readonly ChartSeries[],
  { axis, log }: { readonly axis: string; readonly log: boolean },
): ChartData {
  return {
    series,
    markers: changes.map(({ step, estimator }) => ({ step, label: estimator })),
    extent: [0, Math.max(1, run.step)],
    log,
    axis,
  };
}

/** A log axis where values that are all positive span more than a factor of ten. */
export function wantsLog(values: Iterable<number | null | undefined>): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > 0 && high > 10 * low;
}
