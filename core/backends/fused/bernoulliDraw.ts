import { nativeBernoulliDraw } from "../native/nativeBernoulli";
import { nativeOperations } from "../native/nativeOperations";
import type { tf } from "../tf";
import { leadingRows } from "./leadingRows";
import { wasmKernels } from "./wasmKernels";

/**
 * 1 where u > sigmoid(−a), else 0, as one operation; a constant, off every tape.
 *
 * @param logits a, `[…, units]`; leading axes are broadcast
 * @param uniform u, `[S, B', units]`
 * @returns the shape of u, or null when the current back end has no such kernel or the shapes broadcast in another way
 */
export function fusedBernoulliDraw(logits: tf.Tensor, uniform: tf.Tensor): tf.Tensor | null {
  const native = nativeOperations(logits, uniform);
  if (native) return nativeBernoulliDraw(native, logits, uniform);
  const kernels = wasmKernels(logits, uniform);
  const rows = kernels && leadingRows(logits, uniform, 1);
  if (!kernels || !rows || rows.rows !== rows.b) return null;
  const units = logits.shape[logits.rank - 1]!;
  const out = kernels.output(uniform.shape);
  const [count, width] = rows.a === rows.rows ? [1, rows.rows * units] : [rows.rows, units];
  kernels.functions.bernoulliDraw(
    kernels.pointer(logits),
    Math.min(rows.a, count),
    kernels.pointer(uniform),
    kernels.pointer(out),
    count,
    width,
  );
  return out;
}
