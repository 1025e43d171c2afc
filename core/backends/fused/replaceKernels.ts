import { type KernelCall, putBefore } from "../putBefore";
import { tf } from "../tf";
import { matMulInto } from "./matMulInto";
import { tileInto } from "./tileInto";
import type { WasmKernels } from "./wasmKernels";

/** Computes the call, or returns null when it is none of ours, so that TensorFlow.js's kernel does it. */
type Replacement = (call: KernelCall, kernels: WasmKernels) => tf.TensorInfo | null;

const replacements: Readonly<Record<string, Replacement>> = {
  BatchMatMul: ({ inputs, attrs }, kernels) =>
    matMulInto(kernels, inputs["a"]!, inputs["b"]!, attrs["transposeA"] === true, attrs["transposeB"] === true),

  _FusedMatMul({ inputs, attrs }, kernels) {
    const { a, b, bias } = inputs;
    if (attrs["activation"] !== "linear" || (bias && bias.shape.length !== 1)) return null;
    return matMulInto(kernels, a!, b!, attrs["transposeA"] === true, attrs["transposeB"] === true, bias);
  },

  Softplus: ({ inputs }, kernels) => elementwise(kernels, inputs["x"]!, kernels.functions.softplusInto),

  Sigmoid: ({ inputs }, kernels) => elementwise(kernels, inputs["x"]!, kernels.functions.sigmoidInto),

  Sum({ inputs, attrs }, kernels) {
    const x = inputs["x"]!;
    const rank = x.shape.length;
    if (x.dtype !== "float32" || rank === 0) return null;
    const axes = tf.util.parseAxisParam(attrs["axis"] as number[], x.shape).sort((p, q) => p - q);
    const leading = axes.every((axis, i) => axis === i);
    const trailing = axes.every((axis, i) => axis === rank - axes.length + i);
    if (axes.length === 0 || (!leading && !trailing)) return null;
    const kept = x.shape.filter((_size, axis) => !axes.includes(axis));
    const shape = attrs["keepDims"] === true ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : kept;
    const out = kernels.outputInfo(shape);
    const [outer, inner] = [tf.util.sizeFromShape(kept), tf.util.sizeFromShape(axes.map((axis) => x.shape[axis]!))];
    const [from, to] = [kernels.pointer(x), kernels.pointer(out)];
    if (trailing) kernels.functions.rowSums(from, to, outer, inner);
    else kernels.functions.columnSums(from, to, inner, outer);
    return out;
  },

  Tile: ({ inputs, attrs }, kernels) => tileInto(kernels, inputs["x"]!, attrs["reps"] as number[]),
};

function elementwise(
  kernels: WasmKernels,
  x: tf.TensorInfo,
  compute: (from: number, to: number, n: number) => void,
): tf.TensorInfo | null {
  if (x.dtype !== "float32") return null;
  const out = kernels.outputInfo(x.shape);
  compute(kernels.pointer(x), kernels.pointer(out), tf.util.sizeFromShape(x.shape));
  return out;
}

let replaced = false;

/**
 * Puts our kernels before TensorFlow.js's own of the WebAssembly back end, once per process: products whose transposed
 * operands cost nothing (its own are 13 times slower), softplus, sigmoid, sums over leading or trailing axes, and tiling along one
 * axis (its own copies number by number). What they do not cover goes to the kernels that were there.
 */
export function replaceKernels(kernels: WasmKernels): void {
  if (replaced) return;
  replaced = true;
  putBefore("wasm", replacements, (replacement, call) => replacement(call, kernels));
}
