import { tf } from "../backends/tf";
import type { RowGradients } from "./rowGradients";

/**
 * Sums of a parameter's row gradients over `parts` equal runs of rows, without forming the rows of a dense weight.
 *
 * @returns `[parts, size]`
 */
export function sumsOfRows(rows: RowGradients, parts: number): tf.Tensor2D {
  if (!rows.dense) {
    const all = rows.materialise();
    return tf.sum(tf.reshape(all, [parts, all.shape[0] / parts, all.shape[1]]), 1);
  }
  const { numRows, calls, mask } = rows.dense;
  const [inputs, units] = rows.shape as [number, number];
  const sums = Array.from({ length: parts }, (_, part) => {
    const products = calls.map((call) => {
      const C = call.inputs.shape[0] / numRows;
      const run = (x: tf.Tensor2D, width: number): tf.Tensor2D =>
        tf.reshape(
          tf.slice(tf.reshape(x, [C, numRows, width]), [0, (part * numRows) / parts, 0], [C, numRows / parts, width]),
          [-1, width],
        );
      const product = tf.matMul(run(call.inputs, inputs), run(call.outputs, units), true, false);
      return mask ? (tf.mul(product, mask) as tf.Tensor2D) : product;
    });
    if (products.length === 0) return tf.zeros([1, inputs * units]);
    return tf.reshape(
      products.reduce((total, next) => tf.add(total, next)),
      [1, inputs * units],
    );
  });
  return tf.concat(sums, 0) as tf.Tensor2D;
}
