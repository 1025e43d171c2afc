import type { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

/**
 * Uniforms of (0, 1) for consecutive blocks of a tensor, each from its own Threefry key: the same bits as `fillUniform` of
 * core/random/uniform.ts.
 *
 * @param keys one pair of unsigned 32-bit words per block, in memory order; the blocks fill the shape
 * @returns null when the current back end has no such kernel
 */
export function fusedUniformBlocks(keys: readonly (readonly [number, number])[], shape: number[]): tf.Tensor | null {
  const kernels = wasmKernels();
  if (!kernels) return null;
  const out = kernels.output(shape);
  const block = out.size / keys.length;
  const start = kernels.pointer(out);
  keys.forEach(([k0, k1], i) => kernels.functions.fillUniform(k0 | 0, k1 | 0, start + i * block * 4, block));
  return out;
}
