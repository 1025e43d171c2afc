import { tf } from "../backends/tf";
import type { EstimatorState, SurrogateContext } from "../estimators/estimator";
import { InputDependentBaseline } from "./inputDependent";
import type { Baseline } from "./baseline";
import { MovingMoments } from "./movingMoments";

export interface SignalBaselineOptions {
  /** Subtract a moving average of the signal (C). */
  readonly centre: boolean;
  /** Divide by max(1, moving standard deviation) (VN). */
  readonly normalise: boolean;
  /** Subtract a network of the node's inputs (IDB). */
  readonly inputDependent: boolean;
}

/**
 * What is done to a learning signal before it multiplies the score: (signal − c − B(inputs)) / max(1, σ), seed 1 section 2.2.
 * The averages are those of the steps before, so no signal is centred by itself and the mean of the estimate does not move.
 */
export class SignalBaseline implements Baseline {
  private readonly average = new MovingMoments(0.8);
  /** Moments of what is left after centring, which VN divides by. */
  private readonly residual = new MovingMoments(0.8);
  private readonly network: InputDependentBaseline | null;
  private pending: {
    signal: Float32Array;
    centred: Float32Array;
    residual: Float32Array;
    inputs: tf.Tensor2D | null;
  } | null = null;

  readonly learns: boolean;

  constructor(private readonly options: SignalBaselineOptions) {
    this.learns = options.centre || options.normalise || options.inputDependent;
    this.network = options.inputDependent ? new InputDependentBaseline() : null;
  }

  /** The factor by which VN divides the signal now; 1 without VN. */
  private get scale(): number {
    return this.options.normalise ? Math.max(1, this.residual.std) : 1;
  }

  scoreTerm(signal: tf.Tensor, context: SurrogateContext): tf.Tensor {
    return tf.mul(context.logProb, this.apply(signal, context));
  }

  /** What `scoreTerm` subtracts, before variance normalisation. */
  offset(signal: tf.Tensor, { baselineInputs }: SurrogateContext): tf.Tensor {
    return tf.sub(signal, tf.mul(this.apply(signal, { baselineInputs, training: false }), this.scale));
  }

  /** What is left of the signal, `[S, B']`, constant. */
  private apply(signal: tf.Tensor, context: Pick<SurrogateContext, "baselineInputs" | "training">): tf.Tensor {
    if (!this.learns) return signal;
    const { centre } = this.options;
    const values = signal.dataSync<"float32">();
    const offset = centre ? this.average.mean : 0;
    const inputs = this.network ? context.baselineInputs() : null;
    const predicted = inputs && this.network ? this.network.predict(inputs, context.training) : null;
    const { scale } = this;
    const centred = new Float32Array(values.length);
    const residual = new Float32Array(values.length);
    const result = new Float32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      centred[i] = values[i]! - offset;
      residual[i] = centred[i]! - (predicted?.[i] ?? 0);
      result[i] = residual[i]! / scale;
    }
    if (context.training) {
      this.pending?.inputs?.dispose();
      this.pending = { signal: values.slice(), centred, residual, inputs: inputs ? tf.keep(inputs.clone()) : null };
    }
    return tf.tensor(result, signal.shape);
  }

  update(): void {
    if (!this.pending) return;
    const { signal, centred, residual, inputs } = this.pending;
    this.pending = null;
    if (this.network && inputs) this.network.update(inputs, centred);
    inputs?.dispose();
    if (signal.some((value) => !Number.isFinite(value))) return;
    this.average.add(signal);
    this.residual.add(residual);
  }

  state(): EstimatorState {
    return { average: this.average.state(), residual: this.residual.state(), ...this.network?.state() };
  }

  restore(state: EstimatorState): void {
    if (state["average"]) this.average.restore(state["average"].values);
    if (state["residual"]) this.residual.restore(state["residual"].values);
    this.network?.restore(state);
  }

  dispose(): void {
    this.pending?.inputs?.dispose();
    this.network?.dispose();
  }
}
