import type { ChartData } from "../../core/charts/series";
import type { RunSnapshot } from "../../core/protocol/snapshot";

/** What every chart over the steps of a run has: the steps it may show, and where the estimator was changed. */
export function stepFrame(
  { step, changes }: RunSnapshot,
  steps: ArrayLike<number>,
): Pick<ChartData, "extent" | "markers"> {
  return {
    extent: [Math.min(0, steps[0] ?? 0), Math.max(step, steps[steps.length - 1] ?? 0, 1)],
    markers: changes.map((change) => ({ step: change.step, label: change.estimator })),
  };
}
