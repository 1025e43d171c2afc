import { tf } from "../backends/tf";
import { SignalBaseline, type SignalBaselineOptions } from "../baselines/signalBaseline";
import { type ControlVariate, type Estimator, exactDraw, type NodeEstimator, type SurrogateContext } from "./estimator";
import { scoreTimes } from "./scoreTimes";
import { signalVariants, unbiasedWhen } from "./signalVariants";

/**
 * Likelihood ratio: ĝ = ∇ log p(x) · f(x), f the downstream cost, less a baseline that does not depend on x.
 * Seed 1, eq. 1 and section 2.2; seed 2, eq. 6.
 */
export const likelihoodRatio: readonly Estimator[] = signalVariants.map(({ suffix, title, options }) => ({
  id: `lr${suffix}`,
  title: title ? `Likelihood ratio, ${title}` : "Likelihood ratio",
  summary: "score times the downstream cost; needs no derivative of the cost",
  reference: suffix.endsWith("idb")
    ? {
        authors: "Mnih, Gregor",
        title: "Neural variational inference and learning in belief networks",
        year: 2014,
        equation: "seed 1, eq. 1 and section 2.2",
      }
    : {
        authors: "Williams",
        title: "Simple statistical gradient-following algorithms for connectionist reinforcement learning",
        year: 1992,
        equation: "seed 1, eq. 1",
      },
  distributions: "all" as const,
  ...unbiasedWhen(options),
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: () => new LikelihoodRatio(options),
}));

class LikelihoodRatio implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly draw = exactDraw;
  private readonly baseline: SignalBaseline;

  constructor(options: SignalBaselineOptions) {
    this.baseline = new SignalBaseline(options);
  }

  surrogate(context: SurrogateContext): tf.Tensor {
    return tf.mul(context.logProb, this.baseline.apply(context.credit, context));
  }

  controlVariate(context: SurrogateContext): ControlVariate | null {
    return scoreTimes(context, this.baseline.offset(context.credit, context));
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
