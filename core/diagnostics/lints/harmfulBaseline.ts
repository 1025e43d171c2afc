import type { Lint } from "./lint";

/** Ratio of variances that chance does not make from a few hundred draws. */
const RATIO = 1.2;

/** A baseline that raises the variance. */
export const harmfulBaseline: Lint = {
  id: "harmful-baseline",
  title: "A baseline that raises the variance",
  explain:
    "A control variate lowers the variance only when its coefficient fits. Here the estimate is noisier with it than without: the baseline lags behind the signal, or its coefficient of one is too large. The best coefficient is given.",
  severity: "warning",
  basis: "training",
  check: ({ controlVariates, specs }) =>
    controlVariates.flatMap(({ node, estimator, varianceRatio, bestCoefficient }) => {
      if (varianceRatio === null || varianceRatio < RATIO) return [];
      const best = bestCoefficient === null ? "" : `; its best coefficient is ${bestCoefficient.toPrecision(2)}`;
      const plain = specs.get(node)!.estimator.id.split("-c")[0]!;
      const message = `the control variate of ${estimator} at node "${node}" raises the variance ${varianceRatio.toPrecision(3)} times${best}`;
      return [{ node, message, instead: plain === estimator ? [] : [plain] }];
    }),
};
