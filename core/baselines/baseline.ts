import type { tf } from "../backends/tf";
import type { EstimatorState, SurrogateContext } from "../estimators/estimator";

/** What a node's learning signals lose before they multiply its score. It never sees the sample that it centres. */
export interface Baseline {
  /** True when `update` changes anything. */
  readonly learns: boolean;
  /**
   * The term whose gradient is the score times what is left of the signal; while training it keeps what `update` learns from.
   * @param signal `[S, B']`, constant
   * @returns `[S, B']`
   */
  scoreTerm(signal: tf.Tensor, context: SurrogateContext): tf.Tensor;
  /** What is subtracted from the signal, `[S, B']`, or apart for every unit, broadcastable to the value; nothing is learned. */
  offset(signal: tf.Tensor, context: SurrogateContext): tf.Tensor;
  /** Learns from the signals that `scoreTerm` saw last. */
  update(): void;
  state(): EstimatorState;
  restore(state: EstimatorState): void;
  dispose(): void;
}
