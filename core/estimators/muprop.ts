import { tf } from "../backends/tf";
import { detach } from "../backends/detach";
import type { Estimator, SurrogateContext } from "./estimator";
import { ScoreWithBaseline } from "./scoreWithBaseline";
import { signalVariants } from "./signalVariants";

/**
 * MuProp: ĝ = ∇ log p(x) · [f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄)] + f'(x̄)ᵀ ∇ μ(θ), with x̄ and f' from the mean-field pass.
 * Seed 1, eq. 3 and algorithm 1; unbiased because E[∇ log p(x) · f'(x̄)ᵀ x] = f'(x̄)ᵀ ∇ μ(θ) for any fixed x̄ and f'.
 */
export const muprop: readonly Estimator[] = signalVariants.map(({ suffix, title, baseline, ...variant }) => ({
  id: `muprop${suffix}`,
  title: title ? `MuProp, ${title}` : "MuProp",
  summary: "likelihood ratio with the first-order Taylor expansion of the mean-field network as control variate",
  reference: {
    authors: "Gu, Levine, Sutskever, Mnih",
    title: "MuProp: Unbiased backpropagation for stochastic neural networks",
    year: 2016,
    equation: "seed 1, eq. 3 and algorithm 1",
  },
  distributions: ["bernoulli", "categorical", "normal"],
  evaluations: "2 (one sampled, one mean-field)",
  ownNoise: false,
  ...variant,
  create: (options) => new ScoreWithBaseline(baseline(options), { signal: residualOf, correction: correctionOf }),
}));

/** f'(x̄)ᵀ μ(θ), `[S, B']`. */
function correctionOf(context: SurrogateContext): tf.Tensor {
  const { node, distribution } = context;
  const axes = distribution.eventRank === 2 ? [-2, -1] : [-1];
  return tf.sum(tf.mul(context.meanField().slope(node), distribution.mean()), axes);
}

/** f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄), `[S, B']`, constant. */
function residualOf(context: SurrogateContext): tf.Tensor {
  const { node, distribution, value, credit, additive } = context;
  const trunk = context.meanField();
  const axes = distribution.eventRank === 2 ? [-2, -1] : [-1];
  let linear = tf.sum(tf.mul(trunk.slope(node), tf.sub(value, trunk.mean(node))), axes); // [S, B']
  // With terms that do not add, every sample's score meets the whole loss, whose expansion has a share for each sample.
  if (!additive) linear = tf.sum(linear, 0, true);
  const residual = tf.sub(tf.sub(credit, trunk.credit(node)), linear);
  return detach(tf.broadcastTo(residual, credit.shape));
}
