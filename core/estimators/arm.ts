import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import { antithetic } from "./antithetic";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/**
 * ARM: augment, REINFORCE, merge. With b = 1[u > σ(−a)] and b̃ = 1[u < σ(a)], ∂L/∂a = E_u [(f(b) − f(b̃)) (u − ½)]; nodes downstream
 * are drawn again for b̃.
 */
export const arm: Estimator = {
  id: "arm",
  title: "ARM",
  summary: "difference of the costs of two opposite samples, weighted by their common uniform",
  reference: {
    authors: "Yin, Zhou",
    title: "ARM: Augment-REINFORCE-merge gradient for stochastic binary networks",
    year: 2019,
    equation: "theorem 1, eq. 6",
  },
  distributions: ["bernoulli"],
  unbiased: "always",
  unbiasedWhen: "for every cost",
  evaluations: "2 for one layer, 1 more for every further layer",
  ownNoise: true,
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "none",
    draw: exactDraw,
    surrogate(context) {
      const { u, difference } = antithetic(context);
      const weight = detach(tf.mul(difference, tf.sub(u, 0.5))); // [S, B', units]
      return tf.sum(tf.mul((context.distribution as Bernoulli).logits, weight), -1);
    },
  }),
};
