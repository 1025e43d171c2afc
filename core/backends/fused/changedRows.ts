import { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

/**
 * Copies of rows with a few rows of a matrix added to each: out[c, r] = base[r] + Σ_k change[c, r, k] · matrix[first[c] + k].
 * No gradient of its own: call it where nothing is recorded.
 *
 * @param base `[R, columns]`
 * @param change `[C, R, K]`
 * @param first C numbers: which row of the matrix a copy's first change multiplies
 * @param matrix `[…, columns]`
 * @returns `[C, R, columns]`
 */
export function changedRows(
  base: tf.Tensor,
  change: tf.Tensor,
  first: readonly number[],
  matrix: tf.Tensor2D,
): tf.Tensor {
  const [C, R, K] = change.shape as [number, number, number];
  const columns = matrix.shape[1];
  const kernels = wasmKernels(base, change, matrix);
  return tf.tidy(() => {
    if (!kernels) {
      const rowsOfCopy = first.flatMap((row) => Array.from({ length: K }, (_, k) => row + k));
      const blocks = tf.reshape(tf.gather(matrix, tf.tensor1d(rowsOfCopy, "int32")), [C, K, columns]);
      return tf.add(tf.expandDims(base, 0), tf.matMul(change, blocks));
    }
    const starts = tf.tensor1d([...first], "int32");
    const out = kernels.output([C, R, columns]);
    const inputs = [base, change, starts, matrix, out].map((tensor) => kernels.pointer(tensor));
    const pointers = inputs as [number, number, number, number, number];
    kernels.functions.changedRows(...pointers, C, R, K, columns);
    return out;
  });
}
