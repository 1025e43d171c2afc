import { compileKernels, hasSimd, type KernelFunctions } from "./wasmKernels";

/** Our WebAssembly module on a memory of its own, for tensors that it cannot reach where they are. */
export class OwnMemory {
  private made: { readonly functions: KernelFunctions; readonly memory: WebAssembly.Memory } | undefined;

  /** The functions, and memory of at least so many bytes from address 0 on; null where the runtime has no SIMD. */
  take(bytes: number): { readonly functions: KernelFunctions; readonly buffer: ArrayBuffer } | null {
    if (!hasSimd()) return null;
    if (!this.made) {
      const memory = new WebAssembly.Memory({ initial: 1 });
      const { exports } = new WebAssembly.Instance(compileKernels().module, { env: { memory } });
      this.made = { functions: exports as unknown as KernelFunctions, memory };
    }
    const { functions, memory } = this.made;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return { functions, buffer: memory.buffer };
  }
}
