import { tf } from "../backends/tf";
import { denseWeightRows, plainRows, type RowGradients } from "./rowGradients";

/** The rows times a number. */
export function scaleRows({ name, shape, dense, materialise }: RowGradients, factor: number): RowGradients {
  if (!dense) return plainRows(name, shape, tf.mul(materialise(), factor));
  const calls = dense.calls.map(({ inputs, outputs }) => ({
    inputs,
    outputs: tf.mul(outputs, factor) as tf.Tensor2D,
  }));
  return denseWeightRows(name, shape, dense.numRows, calls, dense.mask);
}
