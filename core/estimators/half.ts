import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import { sumTo } from "../numerics/bernoulliLogProb";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/**
 * The 1/2 estimator: each unit takes f(x) + f'(x)(x̄ − x) as its baseline and drops the correction, as if it were the only unit.
 * Bernoulli, x̄ = ½: ĝ = f'(x) ∇ μ / (2 p(x)) (seed 1, eq. 6). Categorical, x̄ = 1/k: ĝ = f'(x)ᵀ(x − x̄) · xᵀ∇μ / xᵀμ (eq. 7).
 * Biased unless the cost is at most quadratic in each unit (Bernoulli), and through several layers.
 */
export const half: Estimator = {
  id: "half",
  title: "1/2",
  summary: "Taylor expansion at the sample towards ½ (1/k for categorical), unit by unit, without its correction",
  reference: { authors: "Gregor, Danihelka, Mnih, Blundell, Wierstra", title: "Deep autoregressive networks", year: 2014, equation: "seed 1, eq. 6 and 7" },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen: "only for one layer of Bernoulli units with a cost at most quadratic in each unit and without interactions beyond it",
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "value",
    draw(distribution, noise, forced) {
      const value = exactDraw(distribution, noise, forced);
      return distribution.id === "categorical" ? categoricalHalf(distribution as Categorical, value) : bernoulliHalf(distribution as Bernoulli, value);
    },
    surrogate: () => null,
  }),
};

/** dμ/da / (2 p(x)) = |x − μ| / 2. */
function bernoulliHalf({ logits }: Bernoulli, value: tf.Tensor): tf.Tensor {
  return customOp(
    "HalfBernoulli",
    { logits },
    () => value.clone(),
    (dy) => ({ logits: () => sumTo(tf.mul(dy, tf.mul(tf.abs(tf.sub(value, tf.sigmoid(logits))), 0.5)), logits.shape) }),
  );
}

/** ∇ log p(x) = x − μ, times the expansion's difference f'(x)ᵀ(x − 1/k), per unit. */
function categoricalHalf(distribution: Categorical, value: tf.Tensor): tf.Tensor {
  const { logits } = distribution;
  const K = logits.shape[logits.rank - 1]!;
  return customOp(
    "HalfCategorical",
    { logits },
    () => value.clone(),
    (dy) => ({
      logits: () => {
        const difference = tf.sum(tf.mul(dy, tf.sub(value, 1 / K)), -1, true); // [S, B', units, 1]
        return sumTo(tf.mul(difference, tf.sub(value, tf.softmax(logits))), logits.shape);
      },
    }),
  );
}

