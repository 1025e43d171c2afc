import { tf } from "../backends/tf";
import { detach } from "../backends/detach";
import { SignalBaseline, type SignalBaselineOptions } from "../baselines/signalBaseline";
import { type ControlVariate, type Estimator, exactDraw, type NodeEstimator, type SurrogateContext } from "./estimator";
import { scoreTimes } from "./scoreTimes";
import { signalVariants, unbiasedWhen } from "./signalVariants";

/**
 * MuProp: ĝ = ∇ log p(x) · [f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄)] + f'(x̄)ᵀ ∇ μ(θ), with x̄ and f' from the mean-field pass.
 * Seed 1, eq. 3 and algorithm 1; unbiased because E[∇ log p(x) · f'(x̄)ᵀ x] = f'(x̄)ᵀ ∇ μ(θ) for any fixed x̄ and f'.
 */
export const muprop: readonly Estimator[] = signalVariants.map(({ suffix, title, options }) => ({
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
  ...unbiasedWhen(options),
  evaluations: "2 (one sampled, one mean-field)",
  ownNoise: false,
  options: [],
  create: () => new MuProp(options),
}));

class MuProp implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly draw = exactDraw;
  private readonly baseline: SignalBaseline;

  constructor(options: SignalBaselineOptions) {
    this.baseline = new SignalBaseline(options);
  }

  surrogate(context: SurrogateContext): tf.Tensor {
    const { distribution } = context;
    const signal = this.baseline.apply(residualOf(context), context);
    const slope = context.meanField().slope(context.node);
    const correction = tf.sum(tf.mul(slope, distribution.mean()), distribution.eventRank === 2 ? [-2, -1] : [-1]);
    return tf.add(tf.mul(context.logProb, signal), correction);
  }

  controlVariate(context: SurrogateContext): ControlVariate | null {
    const residual = residualOf(context);
    const left = tf.sub(residual, this.baseline.offset(residual, context));
    return scoreTimes(context, tf.sub(context.credit, left));
  }

  update(): void {
    this.baseline.update();
  }

  state(): ReturnType<NodeEstimator["state"]> {
    return this.baseline.state();
  }

  restore(state: Parameters<NodeEstimator["restore"]>[0]): void {
    this.baseline.restore(state);
  }

  dispose(): void {
    this.baseline.dispose();
  }
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
