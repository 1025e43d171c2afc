import { adamUpdate } from "../../backends/fused/optimizerUpdates";
import type { EstimatorState } from "../../estimators/estimator";
import type { Optimizer, ParameterGradient } from "./optimizer";
import { Slots } from "./slots";

export interface AdamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** θ ← θ − α m̂ / (√v̂ + ε) with bias-corrected moving moments m̂, v̂ of the gradient (Kingma and Ba, 2015, algorithm 1). */
export class Adam implements Optimizer {
  readonly id = "adam";
  learningRate: number;
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;
  private readonly slots = new Slots();
  private steps = 0;

  constructor(options: AdamOptions = {}) {
    this.learningRate = options.learningRate ?? 1e-3;
    this.beta1 = options.beta1 ?? 0.9;
    this.beta2 = options.beta2 ?? 0.999;
    this.epsilon = options.epsilon ?? 1e-8;
  }

  apply(gradients: readonly ParameterGradient[]): void {
    this.steps++;
    const { learningRate, beta1, beta2, epsilon, steps: step } = this;
    for (const { name, variable, gradient } of gradients) {
      const first = this.slots.get("m", name, variable.shape);
      const second = this.slots.get("v", name, variable.shape);
      adamUpdate(variable, gradient, first, second, { learningRate, step, beta1, beta2, epsilon });
    }
  }

  state(): EstimatorState {
    return { ...this.slots.state(), steps: { shape: [1], values: Float32Array.of(this.steps) } };
  }

  restore(state: EstimatorState): void {
    const { steps, ...slots } = state;
    this.steps = steps?.values[0] ?? 0;
    this.slots.restore(slots);
  }

  dispose(): void {
    this.slots.dispose();
  }
}
