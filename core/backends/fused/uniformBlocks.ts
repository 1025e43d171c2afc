import { tf } from "../tf";
import { OwnMemory } from "./ownMemory";
import { type KernelFunctions, wasmKernels } from "./wasmKernels";

const own = new OwnMemory();

/**
 * Uniforms of (0, 1) for consecutive blocks of a tensor, each from its own Threefry key: the same bits as `fillUniform` of
 * core/random/uniform.ts. On WebAssembly they are made in place, elsewhere in memory of their own and copied.
 *
 * @param keys one pair of unsigned 32-bit words per block, in memory order; the blocks fill the shape
 * @returns null when the runtime has no SIMD
 */
export function fusedUniformBlocks(keys: readonly (readonly [number, number])[], shape: number[]): tf.Tensor | null {
  const size = tf.util.sizeFromShape(shape);
  const kernels = wasmKernels();
  if (kernels) {
    const out = kernels.output(shape);
    fill(kernels.functions, keys, kernels.pointer(out), size);
    return out;
  }
  const memory = own.take(size * 4);
  if (!memory) return null;
  fill(memory.functions, keys, 0, size);
  return tf.tensor(new Float32Array(memory.buffer, 0, size).slice(), shape);
}

function fill(
  functions: KernelFunctions,
  keys: readonly (readonly [number, number])[],
  start: number,
  size: number,
): void {
  const block = size / keys.length;
  keys.forEach(([k0, k1], i) => functions.fillUniform(k0 | 0, k1 | 0, start + i * block * 4, block));
}
