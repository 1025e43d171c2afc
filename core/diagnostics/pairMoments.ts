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
  const size = a.shape.reduce((product, axis) => product * axis, 1);
  const length = (m * replicates) / 2;
  const moments = {
    first: new Float64Array(length),
    second: new Float64Array(length),
    product: new Float64Array(length),
  };
  if (size <= SMALL) {
    const [x, y] = [a.materialise().dataSync(), c.materialise().dataSync()];
    const next = m * size; // from a replicate to the next
    for (let i = 0; i < length; i++) {
      const from = 2 * next * Math.floor(i / m) + (i % m) * size;
      for (let e = from; e < from + size; e++) {
        const dx = x[e]! - x[next + e]!;
        const dy = y[e]! - y[next + e]!;
        moments.first[i]! += (dx * dx) / 2;
        moments.second[i]! += (dy * dy) / 2;
        moments.product[i]! += (dx * dy) / 2;
      }
    }
    return moments;
  }
  const half = (gram: ArrayLike<number>, b: number): number => {
    const at = (i: number, j: number): number => gram[i * 2 * m + j]!;
    return (at(b, b) + at(m + b, m + b) - at(b, m + b) - at(m + b, b)) / 2;
  };
  const [aa, cc, ac] = [a.gram(), c.gram(), crossGram(a, c, 2 * m)].map((gram) => gram.dataSync());
  for (let b = 0; b < m; b++) {
    moments.first[b] = Math.max(0, half(aa!, b));
    moments.second[b] = Math.max(0, half(cc!, b));
    moments.product[b] = half(ac!, b);
  }
  return moments;
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
