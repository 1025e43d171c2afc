import { customOp } from "../backends/customOp";
import { sumTo } from "../numerics/bernoulliLogProb";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/** Straight-through: the sample goes forward, its mean's gradient goes back, ĝ = f'(x) ∇ μ(θ). Biased unless the cost is linear in x. */
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
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "value",
    draw(distribution, noise, forced) {
      const value = exactDraw(distribution, noise, forced);
      const mean = distribution.mean();
      return customOp(
        "StraightThrough",
        { mean },
        () => value.clone(),
        (dy) => ({ mean: () => sumTo(dy, mean.shape) }),
      );
    },
    surrogate: () => null,
  }),
};
