import type { Lint } from "./lint";

/** A smaller rise of the variance is not worth a word. */
const RATIO = 1.05;

/** A baseline that raises the variance. */
export const harmfulBaseline: Lint = {
  id: "harmful-baseline",
  title: "A baseline that raises the variance",
  explain:
    "A control variate lowers the variance only when its coefficient fits. Here the estimate is noisier with it than without: the baseline lags behind the signal, or its coefficient of one is too large. The best coefficient is given.",
  severity: "warning",
  basis: "training",
  check: ({ controlVariates, specs }) =>
    controlVariates.flatMap(({ node, estimator, varianceRatio, interval, bestCoefficient }) => {
      // The interval's lower end: a ratio that chance can make from these draws is no news.
      if (varianceRatio === null || varianceRatio < RATIO || interval === null || interval[0] <= 1) return [];
      const best = bestCoefficient === null ? "" : `; its best coefficient is ${bestCoefficient.toPrecision(2)}`;
      const plain = specs.get(node)!.estimator.id.split("-c")[0]!;
      const message = `the control variate of ${estimator} at node "${node}" raises the variance ${varianceRatio.toPrecision(3)} times (95 %: ${interval[0].toPrecision(3)} to ${interval[1].toPrecision(3)})${best}`;
      return [{ node, message, instead: plain === estimator ? [] : [plain] }];
    }),
};
