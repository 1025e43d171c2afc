import { repeatedRows, repeatRows } from "../backends/repeatedRows";
import { changedRows } from "../backends/fused/changedRows";
import { tf } from "../backends/tf";
import { rememberedThroughout } from "./denseMemo";

/** Copies of a node's value in each of which one unit has changed. */
export interface ChangedUnits {
  /** `[R, width]`: all rows of the value as it is, its units laid out along one axis. The same tensor for all chunks of copies. */
  readonly base: tf.Tensor;
  /** `[C, R, K]`: what is added to the K features of the unit. */
  readonly change: tf.Tensor;
  /** The first of the unit's features in each of the C copies. */
  readonly first: readonly number[];
}

/** By the data of their values, so that a reshape of the values is known too. */
const known = new WeakMap<tf.DataId, ChangedUnits>();

/** The values, `[C, R, width]`; dense layers that read them add the change of one unit to what they made of the base. */
export function changedValues(units: ChangedUnits): tf.Tensor {
  const width = units.base.shape[1]!;
  const values = tf.tidy(() => changedRows(units.base, units.change, units.first, tf.eye(width)));
  known.set(values.dataId, units);
  return values;
}

/**
 * A dense layer's output for copies of fewer rows: of values made by `changedValues` base W + b once, and rows of W times the changes;
 * of rows repeated as they are the product once. Equal to x W + b up to rounding.
 *
 * @param compute the layer itself
 * @returns `[…, outputs]`, or null when x is nothing of the kind, or its units stand along another axis
 */
export function denseOfCopies(
  layer: string,
  x: tf.Tensor,
  kernel: () => tf.Tensor2D,
  compute: (x: tf.Tensor) => tf.Tensor,
): tf.Tensor | null {
  const width = x.shape[x.rank - 1]!;
  const changed = known.get(x.dataId);
  const base = changed?.base ?? repeatedRows(x)?.base;
  if (!base || base.isDisposed || (changed ? base.shape[1] !== width : base.size % width !== 0)) return null;
  const once = rememberedThroughout(layer, base, () => compute(tf.reshape(base, [-1, width])));
  const outputs = changed
    ? changedRows(once, changed.change, changed.first, kernel())
    : repeatRows(once, x.size / base.size);
  return tf.reshape(outputs, [...x.shape.slice(0, -1), once.shape[1]!]);
}
