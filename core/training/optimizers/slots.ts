import { tf } from "../../backends/tf";
import type { EstimatorState } from "../../estimators/estimator";

/** Tensors that an optimizer keeps per parameter, made of zeros at first use. */
export class Slots {
  private readonly variables = new Map<string, tf.Variable>();
  private waiting: EstimatorState = {};

  get(slot: string, parameter: string, shape: readonly number[]): tf.Variable {
    const name = `${slot}/${parameter}`;
    const known = this.variables.get(name);
    if (known) return known;
    const saved = this.waiting[name];
    const variable = tf.tidy(() =>
      tf.variable(
        saved && saved.shape.join() === shape.join()
          ? tf.tensor(saved.values.slice(), [...shape])
          : tf.zeros([...shape]),
        false,
      ),
    );
    this.variables.set(name, variable);
    return variable;
  }

  state(): Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }> {
    const made = Object.fromEntries(
      [...this.variables].map(([name, variable]) => [
        name,
        { shape: variable.shape, values: variable.dataSync<"float32">().slice() },
      ]),
    );
    return { ...this.waiting, ...made };
  }

  restore(state: EstimatorState): void {
    this.dispose();
    this.waiting = state;
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
    this.waiting = {};
  }
}
