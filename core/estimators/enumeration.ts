import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/**
 * Every joint state of the discrete nodes, weighted by its probability: the exact gradient Σ_h ∇ [q(h) f(h)], without noise.
 * The gradient code sums the states itself when every node asks for it; at most 2^16 joint states.
 */
export const enumeration: Estimator = {
  id: "enumeration",
  title: "Enumeration",
  summary: "the exact gradient: all joint states weighted by their probability",
  reference: { authors: "Gu, Levine, Sutskever, Mnih", title: "MuProp: Unbiased backpropagation for stochastic neural networks", year: 2016, equation: "seed 1, first line of eq. 1" },
  distributions: ["bernoulli", "categorical"],
  unbiased: "always",
  unbiasedWhen: "for every cost; there is no sampling",
  evaluations: "one per joint state, at most 65 536",
  ownNoise: false,
  options: [],
  create: (): NodeEstimator => ({ ...stateless, entropyGradient: "full", draw: exactDraw, surrogate: () => null }),
};
