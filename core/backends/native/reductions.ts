import { tf } from "../tf";
import type { Made, NativeOperations } from "./nativeOperations";

/** Σ, or the mean, over some axes of what an operation made. */
export function sumOver(
  operations: NativeOperations,
  x: { readonly id: number },
  axes: readonly number[],
  keep = false,
  name: "Sum" | "Mean" = "Sum",
): Made {
  const attributes = [operations.flag("keep_dims", keep), ...operations.floats, operations.type("Tidx", "int32")];
  return operations.made(name, attributes, [x.id, operations.integers(axes)]);
}

/** The same numbers under another shape. */
export function reshaped(operations: NativeOperations, x: { readonly id: number }, shape: readonly number[]): Made {
  return operations.made(
    "Reshape",
    [...operations.floats, operations.type("Tshape", "int32")],
    [x.id, operations.integers(shape)],
  );
}

/** Σ over the axes along which `shape` was broadcast to x's; x is used up. */
export function summedTo(operations: NativeOperations, x: Made, shape: number[]): Made {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  const summed = axes.length > 0 ? sumOver(operations, x, axes) : x;
  const done = summed.shape.join() === shape.join() ? summed : reshaped(operations, summed, shape);
  operations.free(...[x, summed].filter((each, i, all) => each !== done && all.indexOf(each) === i));
  return done;
}
