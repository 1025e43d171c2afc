import { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

/**
 * Copies of groups, apart from the mean of their group: row r·groups + g of x is copy r of group g. For diagnostics: without a gradient.
 *
 * @param x `[copies · groups, units]`
 * @returns means `[groups, units]`, and Σ_u (x_u − mean_u)² of every row, `[copies · groups]`
 */
export function deviations(
  x: tf.Tensor2D,
  copies: number,
): { readonly mean: tf.Tensor2D; readonly squares: tf.Tensor1D } {
  const [rows, units] = x.shape;
  const groups = rows / copies;
  const kernels = wasmKernels(x);
  if (kernels) {
    const mean = kernels.output([groups, units]) as tf.Tensor2D;
    const squares = kernels.output([rows]) as tf.Tensor1D;
    const pointers = [kernels.pointer(x), kernels.pointer(mean), kernels.pointer(squares)] as const;
    kernels.functions.deviations(...pointers, groups, copies, units);
    return { mean, squares };
  }
  return tf.tidy(() => {
    const apart = tf.reshape(x, [copies, groups, units]);
    const mean = tf.mean(apart, 0) as tf.Tensor2D;
    const squares = tf.reshape(tf.sum(tf.square(tf.sub(apart, mean)), -1), [rows]) as tf.Tensor1D;
    return { mean, squares } as unknown as tf.TensorContainer;
  }) as unknown as { mean: tf.Tensor2D; squares: tf.Tensor1D };
}
