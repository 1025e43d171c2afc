import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import { sumTo } from "../numerics/bernoulliLogProb";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/**
 * DARN: ĝ = ∇ log p(x) · f'(x)ᵀ(x − x̄) with x̄ = ½ and the score and inner product of the whole layer (seed 1, eq. 5; seed 2,
 * section 1). For one Bernoulli unit it is `half`. Seed 2 writes the expansion without its correction term, which taken literally has
 * mean 0 on quadratic costs; eq. 5 is what was trained. Biased for costs that are not quadratic.
 */
export const darn: Estimator = {
  id: "darn",
  title: "DARN",
  summary: "score of the layer times its Taylor expansion at the sample towards ½, without its correction",
  reference: {
    authors: "Gregor, Danihelka, Mnih, Blundell, Wierstra",
    title: "Deep autoregressive networks",
    year: 2014,
    equation: "seed 1, eq. 5; seed 2, section 1",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen:
    "only for one layer of Bernoulli units with a cost that is a sum of functions at most quadratic in one unit",
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "value",
    draw(distribution, noise, forced) {
      const value = exactDraw(distribution, noise, forced);
      const { logits } = distribution as Bernoulli | Categorical;
      const axes = distribution.eventRank === 2 ? [-2, -1] : [-1];
      return customOp(
        "Darn",
        { logits },
        () => value.clone(),
        (dy) => ({
          logits: () => {
            const signal = tf.sum(tf.mul(dy, tf.sub(value, 0.5)), axes, true); // [S, B', 1]
            const mean = distribution.id === "categorical" ? tf.softmax(logits) : tf.sigmoid(logits);
            return sumTo(tf.mul(signal, tf.sub(value, mean)), logits.shape);
          },
        }),
      );
    },
    surrogate: () => null,
  }),
};
