import { customOp } from "../backends/customOp";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import { sumTo } from "../numerics/bernoulliLogProb";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

const ways = ["mean", "logits"] as const;

/**
 * Straight-through: the sample goes forward, its mean's gradient goes back, ĝ = f'(x) ∇ μ(θ). Biased unless the cost is linear in x.
 * With `through=logits` the gradient goes to the logits a as it is, ĝ = f'(x) ∇ a(θ), as seed 5, eq. 9 has it word for word.
 */
export const straightThrough: Estimator = {
  id: "straight-through",
  title: "Straight-through",
  summary: "the sample goes forward, the gradient goes back as if the mean had been passed on",
  reference: {
    authors: "Bengio, Léonard, Courville",
    title: "Estimating or propagating gradients through stochastic neurons for conditional computation",
    year: 2013,
    equation: "seed 1, eq. 4",
  },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen: "only where the cost is linear in every sample (one Bernoulli unit at p = ½: also for quadratic costs)",
  evaluations: "1",
  ownNoise: false,
  options: [
    {
      name: "through",
      summary: "what the gradient goes back to: the mean, or the logits as if they were the value (seed 5, eq. 9)",
      default: "mean",
      allowed: "mean or logits",
      accepts: (value) => (ways as readonly unknown[]).includes(value),
    },
  ],
  create: ({ through }): NodeEstimator => ({
    ...stateless,
    entropyGradient: "value",
    draw(distribution, noise, forced) {
      const value = exactDraw(distribution, noise, forced);
      const way = through === "logits" ? (distribution as Bernoulli | Categorical).logits : distribution.mean();
      return customOp(
        "StraightThrough",
        { way },
        () => value.clone(),
        (dy) => ({ way: () => sumTo(dy, way.shape) }),
      );
    },
    surrogate: () => null,
  }),
};
