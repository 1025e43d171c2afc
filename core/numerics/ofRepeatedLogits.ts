import { repeatedRows, repeatRows } from "../backends/repeatedRows";
import { tf } from "../backends/tf";

/**
 * A log-probability whose logits are copies of fewer rows: what depends on the logits alone is computed once.
 *
 * @param inner axes of one value: 1 for Bernoulli, 2 for categorical
 * @param logProb the log-probability itself
 * @returns `[…]`, or null when the logits repeat nothing, or the value's shape is neither theirs nor constant along the first axis
 */
export function ofRepeatedLogits(
  logits: tf.Tensor,
  value: tf.Tensor,
  inner: number,
  logProb: (logits: tf.Tensor, value: tf.Tensor) => tf.Tensor,
): tf.Tensor | null {
  const repeated = repeatedRows(logits);
  const outer = logits.shape.slice(0, logits.rank - inner);
  if (!repeated || outer.length === 0 || outer[0]! % repeated.copies !== 0) return null;
  const { copies, base } = repeated;
  const event = logits.shape.slice(logits.rank - inner);
  const once = [outer[0]! / copies, ...outer.slice(1)];
  if (value.shape.join() === logits.shape.join()) {
    const rows = tf.util.sizeFromShape(once);
    return tf.reshape(
      logProb(tf.reshape(base, [1, rows, ...event]), tf.reshape(value, [copies, rows, ...event])),
      outer,
    );
  }
  if (value.rank > logits.rank || (value.rank === logits.rank && value.shape[0] !== 1)) return null;
  const found = logProb(tf.reshape(base, [...once, ...event]), value);
  return found.shape.join() === once.join() ? repeatRows(found, copies) : null;
}
