import { tf } from "../tf";
import { OwnMemory } from "./ownMemory";
import { type KernelFunctions, wasmKernels } from "./wasmKernels";

const own = new OwnMemory();

/**
 * Runs a kernel that reads float32 tensors and writes another: in place on WebAssembly, elsewhere on copies.
 *
 * @param run gets the addresses of the inputs and of the output, whose elements are undefined
 * @returns a constant, off every tape; null where the runtime has no SIMD
 */
export function onFloats(
  inputs: readonly tf.Tensor[],
  shape: readonly number[],
  run: (functions: KernelFunctions, inputs: readonly number[], out: number) => void,
): tf.Tensor | null {
  const kernels = wasmKernels(...inputs);
  if (kernels) {
    const out = kernels.output(shape);
    run(
      kernels.functions,
      inputs.map((x) => kernels.pointer(x)),
      kernels.pointer(out),
    );
    return out;
  }
  const size = tf.util.sizeFromShape([...shape]);
  const memory = own.take(4 * (size + inputs.reduce((total, x) => total + x.size, 0)));
  if (!memory) return null;
  const { functions, buffer } = memory;
  let at = 4 * size;
  const pointers = inputs.map((x) => {
    const start = at;
    new Float32Array(buffer, start, x.size).set(tf.engine().readSync(x.dataId) as Float32Array);
    at += 4 * x.size;
    return start;
  });
  run(functions, pointers, 0);
  return tf.tensor(new Float32Array(buffer, 0, size).slice(), [...shape]);
}
