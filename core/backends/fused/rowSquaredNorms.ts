import { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

/** Σ_u a_ru² of every row of `[rows, units]`, `[rows]`. For diagnostics: it has no gradient of its own where it is fused. */
export function rowSquaredNorms(x: tf.Tensor2D): tf.Tensor1D {
  const kernels = wasmKernels(x);
  if (!kernels) return tf.tidy(() => tf.sum(tf.square(x), 1));
  const [rows, units] = x.shape;
  const out = kernels.output([rows]);
  kernels.functions.rowSquaredNorms(kernels.pointer(x), kernels.pointer(out), rows, units);
  return out as tf.Tensor1D;
}
