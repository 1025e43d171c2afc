import type { Lint } from "./lint";

/** Variance that grows. */
export const growingVariance: Lint = {
  id: "growing-variance",
  title: "Variance that grows",
  explain:
    "The Monte Carlo variance of this parameter's gradient rose over the last 32 measurements, by a rank test that speaks falsely in at most one of 100 runs, and at least one and a half times. Steps get noisier: unless the gradient grows as well, a smaller learning rate, more samples or an estimator with less variance is due.",
  severity: "information",
  basis: "training",
  check: ({ growth }) =>
    growth.map(({ parameter, fromStep, toStep, factor }) => ({
      node: parameter,
      message: `the variance of the gradient of "${parameter}" grew ${factor.toPrecision(2)} times from step ${fromStep} to step ${toStep}`,
    })),
};
