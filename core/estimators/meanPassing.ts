import { tf } from "../backends/tf";
import { type Estimator, type NodeEstimator, stateless } from "./estimator";

/**
 * Mean passing: the mean replaces the sample, and everything, log-probabilities included, is taken at the means (seed 5, eq. 8). One
 * factorial layer's prior and entropy terms are exact that way, since they are linear in the value. Without noise; biased unless the
 * cost is linear in every unit given the others.
 */
export const meanPassing: Estimator = {
  id: "mean-passing",
  title: "Mean passing",
  summary: "the mean goes forward in place of a sample: deterministic",
  reference: {
    authors: "Hjelm, Jojic, Cho, Chung, Salakhutdinov, Calhoun",
    title: "Gradient backpropagation for approximate inference in directed belief networks",
    year: 2015,
    equation: "seed 5, eq. 8",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen: "only where the cost is linear in every unit, with no products of units",
  evaluations: "1",
  ownNoise: false,
  relaxes: "node",
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "full",
    fixed: true,
    draw(distribution, noise) {
      // The noise gives the leading axes only.
      const shape = noise.uniform(distribution.unitShape).shape;
      return tf.broadcastTo(distribution.mean(), shape);
    },
    surrogate: () => null,
  }),
};
