import { tf } from "./tf";

/** A tensor that holds another one several times over, copy after copy. */
export interface RepeatedRows {
  readonly base: tf.Tensor;
  readonly copies: number;
}

/** By data, so that a reshape of the copies is known too. */
const known = new WeakMap<tf.DataId, RepeatedRows>();

/** Copy after copy along the first axis, `[copies · S, …]`. What reads it may work on the base instead: see `repeatedRows`. Constant. */
export function repeatRows(base: tf.Tensor, copies: number): tf.Tensor {
  if (copies === 1) return base;
  const tiled = tf.tile(base, [copies, ...base.shape.slice(1).map(() => 1)]);
  known.set(tiled.dataId, { base, copies });
  return tiled;
}

/** Every example of `[1, B, …]` over again, copy after copy along the second axis. Constant. */
export function repeatExamples(base: tf.Tensor, copies: number): tf.Tensor {
  const tiled = tf.tile(base, [1, copies, ...base.shape.slice(2).map(() => 1)]);
  if (base.shape[0] === 1) known.set(tiled.dataId, { base, copies });
  return tiled;
}

/** What a tensor repeats, or null. */
export function repeatedRows(x: tf.Tensor): RepeatedRows | null {
  const found = known.get(x.dataId);
  return found && !found.base.isDisposed ? found : null;
}
