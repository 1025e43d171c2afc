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
 * A dense layer's output for values made by `changedValues`: base W + b once, and rows of W times the changes. Equal to x W + b up to
 * rounding.
 *
 * @param compute the layer itself
 * @returns `[…, outputs]`, or null when x is nothing of the kind, or its units stand along another axis
 */
export function denseOfChanged(
  layer: string,
  x: tf.Tensor,
  kernel: () => tf.Tensor2D,
  compute: (x: tf.Tensor) => tf.Tensor,
): tf.Tensor | null {
  const units = known.get(x.dataId);
  if (!units || units.base.isDisposed || units.base.shape[1] !== x.shape[x.rank - 1]) return null;
  const base = rememberedThroughout(layer, units.base, () => compute(units.base));
  const outputs = changedRows(base, units.change, units.first, kernel());
  return tf.reshape(outputs, [...x.shape.slice(0, -1), outputs.shape[2]!]);
}
