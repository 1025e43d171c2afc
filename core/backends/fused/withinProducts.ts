import { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

/**
 * Inner products of the copies of each group: row r·groups + g of x is copy r of group g. For diagnostics: without a gradient.
 *
 * @param x `[copies · groups, units]`
 * @returns Σ_u x_rgu x_sgu, `[groups, copies, copies]`
 */
export function withinProducts(x: tf.Tensor2D, copies: number): tf.Tensor3D {
  const [rows, units] = x.shape;
  const groups = rows / copies;
  const kernels = wasmKernels(x);
  if (kernels) {
    const out = kernels.output([groups, copies, copies]);
    kernels.functions.withinProducts(kernels.pointer(x), kernels.pointer(out), groups, copies, units);
    return out as tf.Tensor3D;
  }
  return tf.tidy(() => {
    const apart = tf.transpose(tf.reshape(x, [copies, groups, units]), [1, 0, 2]);
    return tf.matMul(apart, apart, false, true) as tf.Tensor3D;
  });
}
