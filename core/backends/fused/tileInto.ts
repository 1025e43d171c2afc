import { tf } from "../tf";
import type { WasmKernels } from "./wasmKernels";

/** More pieces than this are better copied by the module. */
const MAX_COPIES = 8192;

/**
 * A float32 tensor repeated along one axis, or none, piece by piece.
 *
 * @param reps how often along each axis
 * @returns null for other types, and for repetition along several axes
 */
export function tileInto(kernels: WasmKernels, x: tf.TensorInfo, reps: readonly number[]): tf.TensorInfo | null {
  const repeated = reps.flatMap((count, axis) => (count === 1 ? [] : [axis]));
  if (x.dtype !== "float32" || repeated.length > 1 || x.shape.length === 0) return null;
  const axis = repeated[0] ?? 0;
  const times = reps[axis]!;
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const inner = tf.util.sizeFromShape(x.shape.slice(axis)) * 4; // bytes
  if (outer * times > MAX_COPIES || outer * times * inner === 0) return null;
  const out = kernels.outputInfo(x.shape.map((size, i) => size * reps[i]!));
  const [from, to, { bytes }] = [kernels.pointer(x), kernels.pointer(out), kernels];
  for (let piece = 0; piece < outer; piece++) {
    const start = from + piece * inner;
    for (let i = 0; i < times; i++) bytes.copyWithin(to + (piece * times + i) * inner, start, start + inner);
  }
  return out;
}
