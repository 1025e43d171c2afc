import { setFlagsFromString } from "node:v8";
import { tf } from "../tf";
import { relaxedBinary, simdBinary } from "./kernelBinaries";

type Pointer = number;

/** The functions of kernels/index.ts; numbers are addresses, counts or float32 scalars, as documented there. */
export interface KernelFunctions {
  bernoulliLogProb(
    a: Pointer,
    rowsA: number,
    x: Pointer,
    rowsX: number,
    out: Pointer,
    rows: number,
    units: number,
  ): void;
  bernoulliGradLogits(
    ...args: [
      dy: Pointer,
      a: Pointer,
      rowsA: number,
      x: Pointer,
      rowsX: number,
      out: Pointer,
      rows: number,
      units: number,
    ]
  ): void;
  scaleRows(dy: Pointer, a: Pointer, rowsA: number, out: Pointer, rowsOut: number, rows: number, units: number): void;
  categoricalLogProb(
    ...args: [
      a: Pointer,
      rowsA: number,
      x: Pointer,
      rowsX: number,
      out: Pointer,
      rows: number,
      units: number,
      states: number,
      normalizers: Pointer,
    ]
  ): void;
  categoricalGradLogits(
    ...args: [
      dy: Pointer,
      a: Pointer,
      rowsA: number,
      x: Pointer,
      rowsX: number,
      out: Pointer,
      rows: number,
      units: number,
      states: number,
    ]
  ): void;
  categoricalGradValue(
    ...args: [
      dy: Pointer,
      a: Pointer,
      rowsA: number,
      out: Pointer,
      rowsX: number,
      rows: number,
      units: number,
      states: number,
    ]
  ): void;
  changedRows(
    ...args: [
      ...[base: Pointer, change: Pointer, first: Pointer, matrix: Pointer, out: Pointer],
      ...[copies: number, rows: number, width: number, columns: number],
    ]
  ): void;
  softplusInto(a: Pointer, out: Pointer, n: number): void;
  sigmoidInto(a: Pointer, out: Pointer, n: number): void;
  bernoulliDraw(a: Pointer, rowsA: number, u: Pointer, out: Pointer, rows: number, units: number): void;
  multiplyInto(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  workspaceBytes(columns: number, inner: number): number;
  matMul(
    ...args: [
      ...[a: Pointer, rowStrideA: number, columnStrideA: number],
      ...[b: Pointer, rowStrideB: number, columnStrideB: number],
      ...[bias: Pointer, c: Pointer, rows: number, columns: number, inner: number, workspace: Pointer],
    ]
  ): void;
  adam(
    ...args: [
      ...[p: Pointer, g: Pointer, m: Pointer, v: Pointer, out: Pointer, n: number],
      ...[
        rate: number,
        correction: number,
        beta1: number,
        take1: number,
        beta2: number,
        take2: number,
        epsilon: number,
      ],
    ]
  ): void;
  momentum(p: Pointer, g: Pointer, velocity: Pointer, out: Pointer, n: number, rate: number, mu: number): void;
  rowSquaredNorms(a: Pointer, out: Pointer, rows: number, units: number): void;
  rowSums(a: Pointer, out: Pointer, rows: number, units: number): void;
  columnSums(a: Pointer, out: Pointer, rows: number, units: number): void;
  deviations(a: Pointer, mean: Pointer, out: Pointer, groups: number, copies: number, units: number): void;
  withinProducts(a: Pointer, out: Pointer, groups: number, copies: number, units: number): void;
  quantiles(kind: number, u: Pointer, out: Pointer, n: number): void;
  categoricalDraw(a: Pointer, groupsA: number, u: Pointer, out: Pointer, groups: number, states: number): void;
  gammaProposals(
    ...args: [values: Pointer, pending: Pointer, count: number, a: Pointer, normals: Pointer, uniforms: Pointer]
  ): number;
  fillUniform(k0: number, k1: number, out: Pointer, n: number): void;
}

/** What of TensorFlow.js's WebAssembly back end our kernels use. */
export interface WasmBackend extends tf.KernelBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  readonly dataIdMap: { get(dataId: tf.DataId): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
}

/** Our WebAssembly module on TensorFlow.js's memory: it works in place on tensors' buffers. */
export class WasmKernels {
  readonly functions: KernelFunctions;
  /** Whether multiply and add are one instruction. */
  readonly relaxed: boolean;
  private readonly backend: WasmBackend;
  private scratch = { pointer: 0, bytes: 0 };

  constructor(backend: WasmBackend) {
    const { module, relaxed } = compileKernels();
    this.backend = backend;
    this.relaxed = relaxed;
    const { exports } = new WebAssembly.Instance(module, { env: { memory: backend.wasm.asm.memory } });
    this.functions = exports as unknown as KernelFunctions;
  }

  /** Address of a tensor's elements; a tensor of another back end is moved here first. */
  pointer(x: tf.TensorInfo): Pointer {
    return this.backend.dataIdMap.get(x.dataId).memoryOffset;
  }

  /** All of the back end's memory; valid until the next tensor is made. */
  get bytes(): Uint8Array {
    return this.backend.wasm.HEAPU8;
  }

  /** A new float32 tensor with undefined elements, owned by the current scope. */
  output(shape: readonly number[]): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.outputInfo(shape), this.backend);
  }

  /** The same for the inside of a registered kernel, where the engine makes the tensor. */
  outputInfo(shape: readonly number[]): tf.TensorInfo {
    return this.backend.makeOutput(shape, "float32");
  }

  /** Address of scratch memory of at least this size, kept for the next caller. */
  workspace(bytes: number): Pointer {
    if (bytes > this.scratch.bytes) {
      if (this.scratch.pointer !== 0) this.backend.wasm._free(this.scratch.pointer);
      this.scratch = { pointer: this.backend.wasm._malloc(bytes) >>> 0, bytes };
    }
    return this.scratch.pointer;
  }
}

let installed: { backend: tf.KernelBackend; kernels: WasmKernels } | undefined;

/** Puts our module on the current back end's memory; does nothing when that is done, or is not WebAssembly with SIMD. */
export function installWasmKernels(): WasmKernels | null {
  const { backend, backendName } = tf.engine();
  if (backendName !== "wasm" || !hasSimd()) return null;
  if (installed?.backend !== backend) installed = { backend, kernels: new WasmKernels(backend as WasmBackend) };
  return installed.kernels;
}

/** Our kernels, when the current back end has them and every tensor is float32. */
export function wasmKernels(...tensors: readonly tf.TensorInfo[]): WasmKernels | null {
  if (installed === undefined || tf.engine().backendName !== "wasm") return null;
  return tensors.every((x) => x.dtype === "float32") ? installed.kernels : null;
}

let simd: boolean | undefined;
let compiled: { module: WebAssembly.Module; relaxed: boolean } | undefined;

/** Whether this runtime can run our kernels: WebAssembly with SIMD. */
export function hasSimd(): boolean {
  return (simd ??= WebAssembly.validate(decode(simdBinary)));
}

/** Relaxed SIMD where the runtime has it, or has it behind its flag (V8 11.3, which is Node 20). */
export function compileKernels(): { module: WebAssembly.Module; relaxed: boolean } {
  if (compiled) return compiled;
  const bytes = decode(relaxedBinary);
  if (!WebAssembly.validate(bytes) && process.versions.v8.startsWith("11.3.")) {
    setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
  const relaxed = WebAssembly.validate(bytes);
  compiled = { module: new WebAssembly.Module(relaxed ? bytes : decode(simdBinary)), relaxed };
  return compiled;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, "base64"));
}
