import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { negativeLogMeanExp } from "../objectives/logMeanExp";
import { type Estimator, exactDraw, type NodeEstimator, stateless, type SurrogateContext } from "./estimator";
import { requireSamples } from "./requireSamples";
import { scoreTimes } from "./scoreTimes";

const means = ["geometric", "arithmetic"] as const;

/**
 * VIMCO: for the multi-sample bound L̂ = −log 1/K Σ_k w_k, sample k's score meets L̂ less the bound in which w_k is replaced by the
 * geometric (or arithmetic) mean of the other weights: ĝ = Σ_k ∇ log q(h_k) · [L̂ − L̂_{−k}] + ∇ L̂.
 */
export const vimco: Estimator = {
  id: "vimco",
  title: "VIMCO",
  summary: "multi-sample bound with a leave-one-out baseline for every sample; needs two samples or more",
  reference: {
    authors: "Mnih, Rezende",
    title: "Variational inference for Monte Carlo objectives",
    year: 2016,
    equation: "eq. 9 to 12",
  },
  distributions: ["bernoulli", "categorical"],
  objectives: ["iwae", "structured-prediction"],
  unbiased: "always",
  unbiasedWhen: "for every multi-sample bound; a sample's baseline is made of the other samples",
  evaluations: "K, one per sample",
  ownNoise: false,
  minSamples: 2,
  options: [
    {
      name: "mean",
      summary: "mean of the other samples' weights that stands in for a sample's own",
      default: "geometric",
      allowed: "geometric or arithmetic",
      accepts: (value) => (means as readonly unknown[]).includes(value),
    },
  ],
  create: ({ mean }): NodeEstimator => {
    const without = (context: SurrogateContext): tf.Tensor =>
      boundWithout(context, mean === "arithmetic" ? arithmetic : geometric);
    return {
      ...stateless,
      entropyGradient: "none",
      draw: exactDraw,
      surrogate: (context) => tf.mul(context.logProb, detach(tf.sub(context.credit, without(context)))),
      controlVariate: (context) => scoreTimes(context, detach(without(context))),
    };
  },
};

/** L̂_{−k}: the bound with sample k's weight replaced by the mean of the others, `[S, B']`. */
function boundWithout(context: SurrogateContext, meanOfOthers: (total: tf.Tensor) => tf.Tensor): tf.Tensor {
  requireSamples("vimco", context);
  return tf.squeeze(context.lossWith(tf.expandDims(meanOfOthers(context.total), 0)), [0]);
}

/** −log of the geometric mean of the other samples' weights, `[S, B']`. */
function geometric(total: tf.Tensor): tf.Tensor {
  return tf.div(tf.sub(tf.sum(total, 0, true), total), total.shape[0]! - 1);
}

/** −log of the mean of the other samples' weights, `[S, B']`. */
function arithmetic(total: tf.Tensor): tf.Tensor {
  const S = total.shape[0]!;
  const leaveOut = Array.from({ length: S }, (_, s) => {
    const others = [...Array(S).keys()].filter((other) => other !== s);
    return tf.expandDims(negativeLogMeanExp(tf.gather(total, others)), 0);
  });
  return tf.concat(leaveOut, 0);
}
