import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Distribution } from "./distribution";
import { firstOutside, intervals } from "./tensorParameter";

/** One-hot over the last axis: the component whose share of [0, 1) holds u. */
export function oneHotChoice(weights: tf.Tensor, u: tf.Tensor, M: number): tf.Tensor {
  if (M === 1) return tf.onesLike(tf.expandDims(u, -1)); // oneHot refuses a depth of 1
  // cumsum takes no negative axis.
  const below = tf.greater(tf.expandDims(u, -1), tf.cumsum(weights, weights.rank - 1)); // […, M]
  return tf.oneHot(tf.minimum(tf.sum(below.toFloat(), -1), M - 1).toInt(), M).toFloat();
}

/** F − stop(F), zero with the gradient of F, taken from the tail that has the digits: −(1 − F) above the median. */
export function movementOf(lower: tf.Tensor, upper: tf.Tensor): tf.Tensor {
  const below = detach(tf.lessEqual(detach(lower), detach(upper)).toFloat());
  return tf.sub(tf.mul(below, tf.sub(lower, detach(lower))), tf.mul(tf.sub(1, below), tf.sub(upper, detach(upper))));
}

export type Support = "real" | "positive" | "unit";

/** Where a component's values lie. */
export function supportOf({ id }: Distribution): Support {
  return id === "gamma" || id === "lognormal" ? "positive" : id === "beta" ? "unit" : "real";
}

/** What is wrong with a mixture's logits, or null. */
export function logitsProblem(logits: tf.Tensor): string | null {
  const bad = firstOutside(logits, intervals.number);
  return bad === null ? null : "logits are numbers, got NaN";
}
