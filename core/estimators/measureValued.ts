import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";
import { flipsPerRow } from "./flips";
import { measureValuedContinuous } from "./measureValuedContinuous";
import { measureValuedDiscrete } from "./measureValuedDiscrete";

/** Measure-valued gradients: the derivative of the distribution is a difference of two distributions, and the cost is drawn from both. */
export const measureValued: Estimator = {
  id: "measure-valued",
  title: "Measure-valued",
  summary: "difference of the costs under the positive and the negative part of the distribution's derivative",
  reference: {
    authors: "Mohamed, Rosca, Figurnov, Mnih",
    title: "Monte Carlo gradient estimation in machine learning",
    year: 2020,
    equation: "section 6, table 1; Pflug, 1989",
  },
  distributions: ["bernoulli", "categorical", "normal", "gamma"],
  unbiased: "always",
  unbiasedWhen: "for every cost",
  evaluations: "1 + units × (states − 1) at every discrete node, 1 + 4 × units at every normal or gamma one",
  ownNoise: ({ distribution, hasDescendants }) => distribution !== "bernoulli" || hasDescendants,
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "none",
    draw: exactDraw,
    copies: (unitShape, statesPerUnit) =>
      statesPerUnit === null ? 4 * (unitShape[0] ?? 1) : flipsPerRow(unitShape, statesPerUnit),
    surrogate: (context) =>
      (context.distribution.statesPerUnit === undefined ? measureValuedContinuous : measureValuedDiscrete)(context),
  }),
};
