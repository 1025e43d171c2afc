import { type KernelCall, putBefore } from "../putBefore";
import { tf } from "../tf";
import type { NativeOperations } from "./nativeOperations";
import { nativeOperations } from "./nativeOperations";
import { reshaped, sumOver } from "./reductions";

/** Computes the call, or returns null when the package's kernel has to. */
type Replacement = (call: KernelCall, operations: NativeOperations) => tf.TensorInfo | null;

const replacements: Readonly<Record<string, Replacement>> = {
  // The package makes a tensor of the axes, or of the shape, at every call.
  Sum: (call, operations) => reduction(call, operations, "Sum"),

  // And copies what is float32 already.
  Mean: (call, operations) => reduction(call, operations, "Mean"),

  Reshape: ({ inputs, attrs }, operations) =>
    operations.info(reshaped(operations, { id: operations.id(inputs["x"]!) }, attrs["shape"] as number[])),

  // Its own adds the bias by a general broadcast and takes matrices only.
  _FusedMatMul({ inputs, attrs }, operations) {
    const { a, b, bias } = inputs;
    if (attrs["activation"] !== "linear" || bias?.shape.length !== 1 || b!.shape.length !== 2) return null;
    return product(operations, a!, b!, bias, attrs["transposeA"] === true, attrs["transposeB"] === true);
  },
};

function reduction({ inputs, attrs }: KernelCall, operations: NativeOperations, name: "Sum" | "Mean"): tf.TensorInfo {
  const x = inputs["x"]!;
  const axes = tf.util.parseAxisParam(attrs["axis"] as number[], x.shape);
  return operations.info(sumOver(operations, { id: operations.id(x) }, axes, attrs["keepDims"] === true, name));
}

/** op(A) op(B) + bias, `[…, rows, columns]`: rows of all of A's matrices follow one another. */
function product(
  operations: NativeOperations,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  bias: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): tf.TensorInfo | null {
  const { floats } = operations;
  const outer = a.shape.slice(0, -2);
  const matrix = a.shape.length === 2;
  if (transposeA && !matrix) return null;
  const given = { id: operations.id(a) };
  const single = tf.util.sizeFromShape(outer) === 1;
  const rows = single ? given : reshaped(operations, given, [-1, a.shape[a.shape.length - 1]!]);
  const attributes = [...floats, operations.flag("adj_x", transposeA), operations.flag("adj_y", transposeB)];
  const products = operations.made("BatchMatMulV2", attributes, [rows.id, operations.id(b)]);
  const total = operations.made("BiasAdd", floats, [products.id, operations.id(bias)]);
  const done = single ? total : reshaped(operations, total, [...a.shape.slice(0, -1), total.shape[1]!]);
  operations.free(products, ...(single ? [] : [rows, total]));
  return operations.info(done);
}

/** The package's own takes no axis that is counted from the end. */
function gatherFromTheEnd({ inputs, attrs }: KernelCall): tf.TensorInfo | null {
  const axis = attrs["axis"] as number;
  if (axis >= 0) return null;
  const counted = { ...attrs, axis: axis + inputs["x"]!.shape.length };
  return tf.engine().runKernel("GatherV2", inputs as tf.NamedTensorMap, counted) as tf.Tensor;
}

let replaced = false;

/** Puts kernels of fewer of the library's operations before the package's own, once per process. */
export function replaceNativeKernels(): void {
  if (replaced) return;
  replaced = true;
  putBefore("tensorflow", replacements, (replacement, call) => {
    const operations = nativeOperations(...Object.values(call.inputs).filter((x) => x !== undefined));
    return operations && replacement(call, operations);
  });
  putBefore("tensorflow", { GatherV2: gatherFromTheEnd }, (replacement, call) => replacement(call));
}
