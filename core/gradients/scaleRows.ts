import { tf } from "../backends/tf";
import { denseWeightRows, plainRows, type RowGradients } from "./rowGradients";

/** The rows times a number, or each times its own, `[n]`. */
export function scaleRows(
  { name, shape, dense, materialise }: RowGradients,
  factor: number | tf.Tensor1D,
): RowGradients {
  // C vectors of each row, rows last.
  const times = (x: tf.Tensor2D): tf.Tensor2D => {
    if (typeof factor === "number") return tf.mul(x, factor);
    const all = tf.tile(factor, [x.shape[0] / factor.size]);
    return tf.mul(x, tf.expandDims(all, -1));
  };
  if (!dense) return plainRows(name, shape, times(materialise()));
  const calls = dense.calls.map(({ inputs, outputs }) => ({ inputs, outputs: times(outputs) }));
  return denseWeightRows(name, shape, dense.numRows, calls, dense.mask);
}
