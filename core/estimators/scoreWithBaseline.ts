import { tf } from "../backends/tf";
import type { Baseline } from "../baselines/baseline";
import { type EstimatorState, exactDraw, type NodeEstimator, type SurrogateContext } from "./estimator";
import { scoreTimes } from "./scoreTimes";

/** What an estimator of this family puts in the place of the cost. */
export interface SignalParts {
  /** What meets the score before the baseline is taken away, `[S, B']`, constant. */
  signal(context: SurrogateContext): tf.Tensor;
  /** What makes up for the signal's difference from the cost, `[S, B']`; nothing when left out. */
  correction?(context: SurrogateContext): tf.Tensor;
}

/** ĝ = ∇ log p(x) · [signal − baseline] + ∇ correction at one node. */
export class ScoreWithBaseline implements NodeEstimator {
  readonly entropyGradient = "none";
  readonly draw = exactDraw;
  readonly controlVariate?: NonNullable<NodeEstimator["controlVariate"]>;

  constructor(
    private readonly baseline: Baseline,
    private readonly parts: SignalParts,
  ) {
    if (!baseline.learns && !parts.correction) return;
    this.controlVariate = (context) => {
      const signal = parts.signal(context);
      return scoreTimes(context, tf.sub(context.credit, signal), baseline.offset(signal, context));
    };
  }

  get learnsControl(): boolean {
    return this.baseline.learns;
  }

  surrogate(context: SurrogateContext): tf.Tensor {
    const term = this.baseline.scoreTerm(this.parts.signal(context), context);
    const correction = this.parts.correction?.(context);
    return correction ? tf.add(term, correction) : term;
  }

  update(): void {
    this.baseline.update();
  }

  state(): EstimatorState {
    return this.baseline.state();
  }

  restore(state: EstimatorState): void {
    this.baseline.restore(state);
  }

  dispose(): void {
    this.baseline.dispose();
  }
}
