import { descentUpdate, momentumUpdate } from "../../backends/fused/optimizerUpdates";
import type { EstimatorState } from "../../estimators/estimator";
import type { Optimizer, ParameterGradient } from "./optimizer";
import { Slots } from "./slots";

export interface SgdOptions {
  readonly learningRate?: number;
  /** Share of the last update that goes on, in [0, 1). */
  readonly momentum?: number;
}

/** u ← momentum · u + ∇, θ ← θ − α u (stochastic gradient descent with heavy-ball momentum). */
export class Sgd implements Optimizer {
  readonly id = "sgd";
  learningRate: number;
  private readonly momentum: number;
  private readonly slots = new Slots();

  constructor(options: SgdOptions = {}) {
    this.learningRate = options.learningRate ?? 1e-2;
    this.momentum = options.momentum ?? 0;
  }

  apply(gradients: readonly ParameterGradient[]): void {
    for (const { name, variable, gradient } of gradients) {
      if (this.momentum > 0) {
        const velocity = this.slots.get("velocity", name, variable.shape);
        momentumUpdate(variable, gradient, velocity, this.learningRate, this.momentum);
      } else {
        descentUpdate(variable, gradient, this.learningRate);
      }
    }
  }

  state(): EstimatorState {
    return this.slots.state();
  }

  restore(state: EstimatorState): void {
    this.slots.restore(state);
  }

  dispose(): void {
    this.slots.dispose();
  }
}
