import { tf } from "../backends/tf";
import { denseWeightRows, plainRows, type RowGradients } from "./rowGradients";

/** The rows of a − b, of the same parameter and the same rows, in as small a form as both are kept in. */
export function differenceOfRows(a: RowGradients, b: RowGradients): RowGradients {
  const { name, shape } = a;
  if (!a.dense || !b.dense) return plainRows(name, shape, tf.sub(a.materialise(), b.materialise()));
  const negated = b.dense.calls.map(({ inputs, outputs }) => ({ inputs, outputs: tf.neg(outputs) as tf.Tensor2D }));
  return denseWeightRows(name, shape, a.dense.numRows, [...a.dense.calls, ...negated], a.dense.mask ?? b.dense.mask);
}
