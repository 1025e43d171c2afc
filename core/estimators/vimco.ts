import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { negativeLogMeanExp } from "../objectives/logMeanExp";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";
import { requireSamples } from "./requireSamples";

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
  create: ({ mean }): NodeEstimator => ({
    ...stateless,
    entropyGradient: "none",
    draw: exactDraw,
    surrogate(context) {
      const S = requireSamples("vimco", context);
      const { total, credit, logProb, lossWith } = context;
      const replaced = mean === "arithmetic" ? arithmetic(total) : tf.div(tf.sub(tf.sum(total, 0, true), total), S - 1);
      const without = tf.squeeze(lossWith(tf.expandDims(replaced, 0)), [0]); // [S, B']
      return tf.mul(logProb, detach(tf.sub(credit, without)));
    },
  }),
};

/** −log of the mean of the other samples' weights, `[S, B']`. */
function arithmetic(total: tf.Tensor): tf.Tensor {
  const S = total.shape[0]!;
  const leaveOut = Array.from({ length: S }, (_, s) => {
    const others = [...Array(S).keys()].filter((other) => other !== s);
    return tf.expandDims(negativeLogMeanExp(tf.gather(total, others)), 0);
  });
  return tf.concat(leaveOut, 0);
}
