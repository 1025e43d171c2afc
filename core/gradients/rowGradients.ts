import { tf } from "../backends/tf";

interface DenseCall {
  readonly inputs: tf.Tensor2D; // [C·n, inputs]
  readonly outputs: tf.Tensor2D; // [C·n, units]
}

/**
 * The gradients of n rows with respect to one parameter, kept as small as the parameter allows: a dense weight's row gradient is
 * Σ_c a_c ⊗ δ_c and is never formed for inner products.
 */
export interface RowGradients {
  readonly name: string;
  readonly shape: readonly number[];
  /** Inner products of all pairs of rows, `[n, n]`. */
  gram(): tf.Tensor2D;
  /** The rows themselves, `[n, size]`: n × size numbers. */
  materialise(): tf.Tensor2D;
  /** Some elements of every row, `[n, indices]`, without the others. */
  elements(indices: Int32Array): tf.Tensor2D;
  /** What a dense layer's weight is kept as. */
  readonly dense?: {
    readonly numRows: number;
    readonly calls: readonly DenseCall[];
    readonly mask: tf.Tensor2D | null;
  };
}

/** Rows that are there as they are, `[n, size]`. */
export function plainRows(name: string, shape: readonly number[], rows: tf.Tensor2D): RowGradients {
  const elements = (indices: Int32Array): tf.Tensor2D => tf.gather(rows, indices, 1);
  return { name, shape, gram: () => innerProducts(rows), materialise: () => rows, elements };
}

/** A dense layer's weight: row i is Σ over calls and samples of a_i ⊗ δ_i, times the mask. */
export function denseWeightRows(
  name: string,
  shape: readonly number[],
  numRows: number,
  calls: readonly DenseCall[],
  mask: tf.Tensor2D | null,
): RowGradients {
  const [inputs, units] = shape as [number, number];
  const joined = (): { a: tf.Tensor2D; d: tf.Tensor2D; C: number } => {
    const a = (
      calls.length === 1
        ? calls[0]!.inputs
        : tf.concat(
            calls.map((call) => call.inputs),
            0,
          )
    ) as tf.Tensor2D;
    const d = (
      calls.length === 1
        ? calls[0]!.outputs
        : tf.concat(
            calls.map((call) => call.outputs),
            0,
          )
    ) as tf.Tensor2D;
    return { a, d, C: a.shape[0] / numRows };
  };
  const zero = calls.length === 0;
  return {
    name,
    shape,
    dense: { numRows, calls, mask },
    gram() {
      if (zero) return tf.zeros([numRows, numRows]);
      const { a, d, C } = joined();
      const products = mask ? maskedGram(a, d, mask) : (tf.mul(innerProducts(a), innerProducts(d)) as tf.Tensor2D);
      return C === 1 ? products : (tf.sum(tf.reshape(products, [C, numRows, C, numRows]), [0, 2]) as tf.Tensor2D);
    },
    materialise() {
      if (zero) return tf.zeros([numRows, inputs * units]);
      const { a, d, C } = joined();
      const left = tf.transpose(tf.reshape(a, [C, numRows, inputs]), [1, 2, 0]); // [n, inputs, C]
      const right = tf.transpose(tf.reshape(d, [C, numRows, units]), [1, 0, 2]); // [n, C, units]
      const rows = C === 1 ? tf.mul(left, right) : tf.matMul(left, right);
      return tf.reshape(mask ? tf.mul(rows, mask) : rows, [numRows, inputs * units]);
    },
    elements(indices) {
      if (zero) return tf.zeros([numRows, indices.length]);
      const { a, d, C } = joined();
      const left = tf.gather(
        a,
        indices.map((index) => Math.floor(index / units)),
        1,
      );
      const right = tf.gather(
        d,
        indices.map((index) => index % units),
        1,
      );
      const products = tf.reshape(tf.mul(left, right), [C, numRows, indices.length]);
      const rows = tf.sum(products, 0) as tf.Tensor2D;
      return mask ? tf.mul(rows, tf.gather(tf.reshape(mask, [-1]), indices)) : rows;
    },
  };
}

/** What was made of which tensor, as long as both are there. */
const known = new WeakMap<tf.Tensor, tf.Tensor2D>();

/** X Xᵀ, once per tensor: a dense layer's weight and bias share the one of the output gradients. */
function innerProducts(x: tf.Tensor2D): tf.Tensor2D {
  const before = known.get(x);
  if (before && !before.isDisposed) return before;
  const made = tf.matMul(x, x, false, true) as tf.Tensor2D;
  known.set(x, made);
  return made;
}

/** ⟨(a_i ⊗ δ_i) ∘ M, (a_j ⊗ δ_j) ∘ M⟩ = Σ_u δ_iu δ_ju Σ_v M_vu a_iv a_jv for a mask M of zeros and ones. */
function maskedGram(a: tf.Tensor2D, d: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  const n = a.shape[0];
  const inner = tf.matMul(
    tf.reshape(tf.mul(tf.expandDims(a, 0), tf.expandDims(a, 1)), [n * n, -1]) as tf.Tensor2D,
    mask,
  ); // [n², units]
  const outer = tf.reshape(tf.mul(tf.expandDims(d, 0), tf.expandDims(d, 1)), [n * n, -1]);
  return tf.reshape(tf.sum(tf.mul(inner, outer), -1), [n, n]);
}

export type { DenseCall };
