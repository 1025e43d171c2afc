import { tf } from "../backends/tf";
import { type Estimator, exactDraw, type NodeEstimator, stateless, type SurrogateContext } from "./estimator";
import { requireSamples } from "./requireSamples";
import { scoreTimes } from "./scoreTimes";

/**
 * Leave-one-out: likelihood ratio over K samples, each with the mean cost of the others as its baseline,
 * ĝ = 1/K Σ_k ∇ log p(x_k) · [f(x_k) − 1/(K − 1) Σ_{j≠k} f(x_j)]. K = samples, at least 2.
 */
export const leaveOneOut: Estimator = {
  id: "leave-one-out",
  title: "Leave-one-out",
  summary: "likelihood ratio with the other samples' mean cost as the baseline; needs two samples or more",
  reference: {
    authors: "Kool, van Hoof, Welling",
    title: "Buy 4 REINFORCE samples, get a baseline for free!",
    year: 2019,
    equation: "eq. 8; the control variate of seed 2's VIMCO",
  },
  distributions: ["bernoulli", "categorical"],
  objectives: ["expected-cost", "elbo"],
  unbiased: "always",
  unbiasedWhen: "for every cost; the baseline is made of other, independent samples",
  evaluations: "K, one per sample",
  ownNoise: false,
  minSamples: 2,
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "none",
    draw: exactDraw,
    surrogate: (context) => tf.mul(context.logProb, tf.sub(context.credit, meanOfOthers(context))),
    controlVariate: (context) => scoreTimes(context, meanOfOthers(context)),
  }),
};

/** 1/(K − 1) Σ_{j≠k} f(x_j), `[S, B']`. */
function meanOfOthers(context: SurrogateContext): tf.Tensor {
  const S = requireSamples("leave-one-out", context);
  const { credit } = context;
  return tf.div(tf.sub(tf.sum(credit, 0, true), credit), S - 1);
}
