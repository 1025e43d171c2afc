import { tf } from "../tf";
import type { WasmKernels } from "./wasmKernels";

/**
 * op(A) op(B) + bias for float32 `[…, rows, inner]` and `[…, inner, columns]`; leading axes are equal, or absent (ones) in one.
 *
 * @returns null for other types and broadcasts
 */
export function matMulInto(
  kernels: WasmKernels,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias?: tf.TensorInfo,
): tf.TensorInfo | null {
  if (a.dtype !== "float32" || b.dtype !== "float32" || (bias && bias.dtype !== "float32")) return null;
  const [heightA, widthA] = a.shape.slice(-2) as [number, number];
  const [heightB, widthB] = b.shape.slice(-2) as [number, number];
  const [rows, inner] = transposeA ? [widthA, heightA] : [heightA, widthA];
  const [innerB, columns] = transposeB ? [widthB, heightB] : [heightB, widthB];
  const [batchA, batchB] = [tf.util.sizeFromShape(a.shape.slice(0, -2)), tf.util.sizeFromShape(b.shape.slice(0, -2))];
  const sameBatch = a.shape.slice(0, -2).join() === b.shape.slice(0, -2).join();
  if (inner !== innerB || (bias && bias.shape[0] !== columns) || !(sameBatch || batchA === 1 || batchB === 1))
    return null;
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = kernels.outputInfo([...batchShape, rows, columns]);
  const workspace = kernels.workspace(kernels.functions.workspaceBytes(columns, inner));
  const [fromA, fromB, to] = [kernels.pointer(a), kernels.pointer(b), kernels.pointer(out)];
  const [stepA, stepB] = [batchA === 1 ? 0 : rows * inner * 4, batchB === 1 ? 0 : inner * columns * 4];
  const strides = (width: number, transposed: boolean): [number, number] =>
    transposed ? [4, width * 4] : [width * 4, 4];
  // Rows of all of A's matrices follow one another, so one B serves them in a single product.
  const stacked = batchB === 1 && !transposeA;
  for (let batch = 0; batch < (stacked ? 1 : Math.max(batchA, batchB)); batch++) {
    kernels.functions.matMul(
      fromA + batch * stepA,
      ...strides(widthA, transposeA),
      fromB + batch * stepB,
      ...strides(widthB, transposeB),
      bias ? kernels.pointer(bias) : 0,
      to + batch * rows * columns * 4,
      stacked ? batchA * rows : rows,
      columns,
      inner,
      workspace,
    );
  }
  return out;
}
