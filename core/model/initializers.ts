import { tf } from "../backends/tf";
import type { Key } from "../random/threefry";
import { fillUniform } from "../random/uniform";

/** A recipe for a parameter's first value; the key is the parameter's own, so the value depends on seed and name only. */
export interface Initializer {
  readonly shape: readonly number[];
  make(key: Key): tf.Tensor;
}

export type NestedNumbers = number | readonly NestedNumbers[];

/** What `parameter` and `dense` accept: a number, nested arrays, a tensor, or an initializer. */
export type ParameterInit = NestedNumbers | tf.Tensor | Float32Array | Initializer;

/** Uniform on ±√(6 / (inputs + units)), `[inputs, units]` (Glorot and Bengio, 2010). */
export function glorotUniform(inputs: number, units: number): Initializer {
  return uniform([inputs, units], Math.sqrt(6 / (inputs + units)));
}

/** Uniform on ±`limit`. */
export function uniform(shape: readonly number[], limit: number): Initializer {
  return {
    shape,
    make(key) {
      const values = new Float32Array(size(shape));
      fillUniform(key, values);
      for (let i = 0; i < values.length; i++) values[i] = (2 * values[i]! - 1) * limit;
      return tf.tensor(values, [...shape]);
    },
  };
}

/** Normal with mean 0 and the given standard deviation, by Box and Muller's transform of two uniforms. */
export function normalInit(shape: readonly number[], std: number): Initializer {
  return {
    shape,
    make(key) {
      const count = size(shape);
      const uniforms = new Float32Array(2 * count);
      fillUniform(key, uniforms);
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        values[i] = std * Math.sqrt(-2 * Math.log(uniforms[2 * i]!)) * Math.cos(2 * Math.PI * uniforms[2 * i + 1]!);
      }
      return tf.tensor(values, [...shape]);
    },
  };
}

/** All zeros. */
export function zeros(shape: readonly number[]): Initializer {
  return { shape, make: () => tf.zeros([...shape]) };
}

export function isInitializer(init: ParameterInit): init is Initializer {
  return typeof init === "object" && "make" in init && typeof init.make === "function";
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}
