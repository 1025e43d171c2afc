import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import { sumTo } from "../numerics/bernoulliLogProb";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

const expansions = ["1/2", "1/k", "mean"] as const;
type Expansion = (typeof expansions)[number];

/**
 * The 1/2 estimator: each unit takes f(x) + f'(x)ᵀ(x̄ − x) as its baseline and drops the correction, as if it were the only unit:
 * ĝ = ∇ log p(x) · f'(x)ᵀ(x − x̄), unit by unit. Bernoulli, x̄ = ½: ĝ = f'(x) ∇μ / (2 p(x)) (seed 1, eq. 6). Categorical, x̄ = 1/k:
 * ĝ = f'(x)ᵀ(x − x̄) · xᵀ∇μ / xᵀμ (eq. 7). Seed 1, section 4.2 tries x̄ = 1/2, 1/k and μ.
 * Biased unless the cost is at most quadratic in each unit (Bernoulli at ½), and through several layers.
 */
export const half: Estimator = {
  id: "half",
  title: "1/2",
  summary: "Taylor expansion at the sample towards ½ (1/k for categorical), unit by unit, without its correction",
  reference: {
    authors: "Gregor, Danihelka, Mnih, Blundell, Wierstra",
    title: "Deep autoregressive networks",
    year: 2014,
    equation: "seed 1, eq. 6 and 7",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen:
    "only for one layer of Bernoulli units with a cost at most quadratic in each unit and without interactions beyond it",
  evaluations: "1",
  ownNoise: false,
  options: [
    {
      name: "expansion",
      summary: "the point that the expansion is taken towards: 1/2, 1/k (Bernoulli: k = 2) or the mean",
      default: "1/k",
      allowed: "1/2, 1/k or mean",
      accepts: (value) => (expansions as readonly unknown[]).includes(value),
    },
  ],
  create: ({ expansion }): NodeEstimator => ({
    ...stateless,
    entropyGradient: "value",
    draw(distribution, noise, forced) {
      const value = exactDraw(distribution, noise, forced);
      const at = (expansion ?? "1/k") as Expansion;
      return distribution.id === "categorical"
        ? categoricalHalf(distribution as Categorical, value, at)
        : bernoulliHalf(distribution as Bernoulli, value, at);
    },
    surrogate: () => null,
  }),
};

/** (x − μ)(x − x̄) f'(x); at x̄ = ½ the factor is |x − μ| / 2 = μ(1 − μ) / (2 p(x)). */
function bernoulliHalf({ logits }: Bernoulli, value: tf.Tensor, expansion: Expansion): tf.Tensor {
  return customOp(
    "HalfBernoulli",
    { logits },
    () => value.clone(),
    (dy) => ({
      logits: () => {
        const mean = tf.sigmoid(logits);
        const score = tf.sub(value, mean);
        return sumTo(tf.mul(dy, tf.mul(score, tf.sub(value, expansion === "mean" ? mean : 0.5))), logits.shape);
      },
    }),
  );
}

/** ∇ log p(x) = x − μ, times the expansion's difference f'(x)ᵀ(x − x̄), per unit. */
function categoricalHalf({ logits }: Categorical, value: tf.Tensor, expansion: Expansion): tf.Tensor {
  const K = logits.shape[logits.rank - 1]!;
  return customOp(
    "HalfCategorical",
    { logits },
    () => value.clone(),
    (dy) => ({
      logits: () => {
        const mean = tf.softmax(logits);
        const point = expansion === "mean" ? mean : expansion === "1/2" ? 0.5 : 1 / K;
        const difference = tf.sum(tf.mul(dy, tf.sub(value, point)), -1, true); // [S, B', units, 1]
        return sumTo(tf.mul(difference, tf.sub(value, mean)), logits.shape);
      },
    }),
  );
}
