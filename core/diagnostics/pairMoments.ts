import { tf } from "../backends/tf";
import type { RowGradients } from "../gradients/rowGradients";

/** Parameters up to this size are measured from their rows, in float64, larger ones from inner products. */
export const SMALL = 4096;

/** Of every pair of replicates of every example: halves of the squared differences and of their product, `[pairs · m]` each. */
export interface PairMoments {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly product: Float64Array;
}

/**
 * ½‖a_b − a'_b‖², ½‖c_b − c'_b‖² and ½⟨a_b − a'_b, c_b − c'_b⟩ for every example b: unbiased for its variances and covariance. Large
 * dense weights go by inner products and are never formed.
 *
 * @param a rows `[replicates · m]`, replicate-major; of tensors above `SMALL` two replicates
 * @param c other gradients of the same parameter and rows
 */
export function pairMoments(a: RowGradients, c: RowGradients, m: number, replicates: number): PairMoments {
  return {
    first: pairSquares(a, m, replicates),
    second: pairSquares(c, m, replicates),
    product: pairProducts(a, c, m, replicates),
  };
}

/** ½‖a_b − a'_b‖² for every pair of replicates of every example b, as in `pairMoments`. */
export function pairSquares(a: RowGradients, m: number, replicates: number): Float64Array {
  return pairProducts(a, a, m, replicates).map((value) => Math.max(0, value));
}

function pairProducts(a: RowGradients, c: RowGradients, m: number, replicates: number): Float64Array {
  const size = a.shape.reduce((product, axis) => product * axis, 1);
  if (size > SMALL) {
    const gram = (a === c ? a.gram() : crossGram(a, c, 2 * m)).dataSync();
    const at = (i: number, j: number): number => gram[i * 2 * m + j]!;
    return Float64Array.from({ length: m }, (_, b) => (at(b, b) + at(m + b, m + b) - at(b, m + b) - at(m + b, b)) / 2);
  }
  const x = a.materialise().dataSync();
  const y = a === c ? x : c.materialise().dataSync();
  const next = m * size; // from a replicate to the next
  return Float64Array.from({ length: (m * replicates) / 2 }, (_, i) => {
    const from = 2 * next * Math.floor(i / m) + (i % m) * size;
    let product = 0;
    for (let e = from; e < from + size; e++) product += ((x[e]! - x[next + e]!) * (y[e]! - y[next + e]!)) / 2;
    return product;
  });
}

/** ⟨a_i, c_j⟩ of all pairs of rows, `[n, n]`. */
function crossGram(a: RowGradients, c: RowGradients, n: number): tf.Tensor2D {
  if (!a.dense || !c.dense || a.dense.mask || c.dense.mask)
    return tf.matMul(a.materialise(), c.materialise(), false, true);
  let total = tf.zeros([n, n]) as tf.Tensor2D;
  for (const left of a.dense.calls) {
    for (const right of c.dense.calls) {
      const products = tf.mul(
        tf.matMul(left.inputs, right.inputs, false, true),
        tf.matMul(left.outputs, right.outputs, false, true),
      );
      const [C, D] = products.shape.map((length) => length / n) as [number, number];
      total = tf.add(total, C * D === 1 ? products : tf.sum(tf.reshape(products, [C, n, D, n]), [0, 2]));
    }
  }
  return total;
}
