import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { type Estimator, exactDraw, type NodeEstimator, stateless, type SurrogateContext } from "./estimator";

/**
 * MuProp with rollout: as MuProp, but the mean-field network restarts at every sampled layer, x̄ = μ(sampled parents), and runs on
 * from there through the nodes downstream; all others keep their samples. ĝ = ∇ log p(x) · [f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄)] + f'(x̄)ᵀ ∇μ.
 * Unbiased because what x̄ and f' depend on is independent of x given x's parents. Seed 1, section 6 and figure 1 (right).
 */
export const mupropRollout: Estimator = {
  id: "muprop-rollout",
  title: "MuProp, rollout",
  summary: "MuProp whose mean-field network restarts at every sampled layer",
  reference: {
    authors: "Gu, Levine, Sutskever, Mnih",
    title: "MuProp: Unbiased backpropagation for stochastic neural networks",
    year: 2016,
    equation: "seed 1, section 6 and figure 1 (right)",
  },
  distributions: ["bernoulli", "categorical", "normal"],
  unbiased: "always",
  unbiasedWhen: "for every cost with a derivative at the mean-field values",
  evaluations: "1 sampled and 1 mean-field at every node: O(n²) layers for n layers",
  ownNoise: false,
  options: [],
  create: (): NodeEstimator => ({ ...stateless, entropyGradient: "none", draw: exactDraw, surrogate }),
};

function surrogate({ distribution, value, credit, logProb, evaluate }: SurrogateContext): tf.Tensor {
  const mean = distribution.mean();
  const trunk = tf.broadcastTo(detach(mean), value.shape);
  const branch = evaluate({ copies: 1, value: trunk, descendants: "mean", slope: true });
  const slope = branch.slope!; // [S, B', …unitShape]
  const axes = distribution.eventRank === 2 ? [-2, -1] : [-1];
  const linear = tf.sum(tf.mul(slope, tf.sub(value, trunk)), axes);
  const residual = tf.sub(tf.sub(credit, tf.squeeze(branch.credit, [0])), linear);
  return tf.add(tf.mul(logProb, residual), tf.sum(tf.mul(slope, mean), axes));
}
