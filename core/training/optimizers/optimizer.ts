import type { tf } from "../../backends/tf";
import type { EstimatorState } from "../../estimators/estimator";

export interface ParameterGradient {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly gradient: tf.Tensor;
}

/** Updates parameters in place from gradients of the minimised loss; owns its moments. */
export interface Optimizer {
  readonly id: string;
  /** The learning rate of the coming step. */
  learningRate: number;
  apply(gradients: readonly ParameterGradient[]): void;
  state(): EstimatorState;
  restore(state: EstimatorState): void;
  dispose(): void;
}
