import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import { antithetic } from "./antithetic";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/**
 * DisARM: ARM with the common uniform integrated out given the pair of opposite values:
 * ĝ_a = ½ (f(b) − f(b̃)) (−1)^b̃ 1[b ≠ b̃] σ(|a|).
 */
export const disarm: Estimator = {
  id: "disarm",
  title: "DisARM",
  summary: "ARM with its continuous noise integrated out",
  reference: {
    authors: "Dong, Mnih, Tucker",
    title: "DisARM: An antithetic gradient estimator for binary latent variables",
    year: 2020,
    equation: "eq. 4; found at the same time as U2G by Yin, Ho, Yan, Qian, Zhou",
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
      const { logits } = context.distribution as Bernoulli;
      const { opposite, difference } = antithetic(context);
      // b − b̃ is (−1)^b̃ where they differ and 0 where they do not.
      const sign = tf.sub(context.value, opposite);
      const weight = detach(tf.mul(tf.mul(tf.mul(difference, 0.5), sign), tf.sigmoid(tf.abs(logits)))); // [S, B', units]
      return tf.sum(tf.mul(logits, weight), -1);
    },
  }),
};
