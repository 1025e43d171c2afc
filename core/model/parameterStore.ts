import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import type { SourceLocation } from "../protocol/source";
import { foldInName, keyFromSeed } from "../random/threefry";
import { isInitializer, type ParameterInit } from "./initializers";

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly variable: tf.Variable;
  readonly source: SourceLocation | undefined;
}

/** Owns the trainable tensors of one model instance, in the order of their declaration. Dispose it when the instance ends. */
export class ParameterStore {
  private readonly parameters = new Map<string, Parameter>();

  constructor(readonly seed: number) {}

  /** The parameter of that name; made from `init` at the first call, checked against its shape at every later one. */
  declare(name: string, init: ParameterInit, source: SourceLocation | undefined): Parameter {
    const known = this.parameters.get(name);
    if (known) return known;
    const variable = tf.tidy(() => {
      const first = isInitializer(init)
        ? init.make(foldInName(keyFromSeed(this.seed), `parameter/${name}`))
        : toTensor(name, init, source);
      return tf.variable(first.toFloat(), true);
    });
    const parameter = { name, shape: variable.shape, variable, source };
    this.parameters.set(name, parameter);
    return parameter;
  }

  get(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (!parameter)
      throw new GradlensError(
        "GL1101",
        `parameter "${name}" does not exist; the model has ${[...this.parameters.keys()].join(", ")}`,
      );
    return parameter;
  }

  list(): readonly Parameter[] {
    return [...this.parameters.values()];
  }

  /** Replaces a parameter's values; the shape must be the declared one. */
  assign(name: string, values: Float32Array, shape: readonly number[]): void {
    const parameter = this.get(name);
    if (shape.join() !== parameter.shape.join()) {
      throw new GradlensError(
        "GL1102",
        `parameter "${name}" has shape [${parameter.shape.join(", ")}], got [${shape.join(", ")}]; the values belong to another model`,
      );
    }
    tf.tidy(() => parameter.variable.assign(tf.tensor(values.slice(), [...shape])));
  }

  dispose(): void {
    for (const { variable } of this.parameters.values()) variable.dispose();
    this.parameters.clear();
  }
}

function toTensor(
  name: string,
  init: Exclude<ParameterInit, { make: unknown }>,
  source: SourceLocation | undefined,
): tf.Tensor {
  if (init instanceof tf.Tensor) return init;
  try {
    if (!holdsNumbers(init)) throw new TypeError("expected numbers");
    return init instanceof Float32Array
      ? tf.tensor(init.slice())
      : tf.tensor(init as tf.TensorLike, undefined, "float32");
  } catch (cause) {
    throw new GradlensError(
      "GL1103",
      `parameter "${name}" needs a number, a nested array of numbers, a tensor or an initializer as its first value`,
      {
        ...(source ? { source } : {}),
        cause,
      },
    );
  }
}

/** TensorFlow.js takes words and truth values for numbers, as NaN or 0 and 1. */
function holdsNumbers(init: unknown): boolean {
  return typeof init === "number" || (Array.isArray(init) ? init.every(holdsNumbers) : ArrayBuffer.isView(init));
}
