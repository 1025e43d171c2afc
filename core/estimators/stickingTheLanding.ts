import type { Estimator } from "./estimator";
import { pathwiseNode } from "./pathwise";

/** Distributions whose value a gradient can flow through. */
export const withPath = [
  "normal",
  "laplace",
  "logistic",
  "gumbel",
  "lognormal",
  "dirac",
  "gamma",
  "beta",
  "dirichlet",
  "mixture",
  "flow",
] as const;

/**
 * Sticking the landing: the path derivative of the bound alone, ĝ = ∂[log q(z; φ') − log p(x, z)]/∂z · dz/dφ with φ' = stop(φ)
 * (seed 4, eq. 10). Exactly zero for every sample where q is the posterior. Under the importance-weighted bound (algorithm 4) it is
 * biased as soon as there is more than one sample: the weights correlate with the score that was left out. It follows eq. 15 there, with
 * constant weights; ∇ Σ w̃ log w to the letter would differentiate them, too. A mixture is drawn once and moved as a whole; algorithm 3,
 * which draws from every component, has the same mean.
 */
export const stickingTheLanding: Estimator = {
  id: "sticking-the-landing",
  title: "Sticking the landing",
  summary: "pathwise without the score of log q: no variance where the guide is the posterior",
  reference: {
    authors: "Roeder, Wu, Duvenaud",
    title: "Sticking the landing: an asymptotically zero-variance gradient estimator for variational inference",
    year: 2017,
    equation: "seed 4, eq. 10, algorithms 2 to 4",
  },
  distributions: withPath,
  objectives: ["elbo", "iwae"],
  unbiased: "conditional",
  unbiasedWhen: "under elbo, and under iwae with one sample; biased under iwae with more",
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: () => pathwiseNode("path"),
};
