import { customOp } from "../backends/customOp";
import { fusedBernoulliLogProb } from "../backends/fused/bernoulliLogProb";
import { plainBernoulliLogProb } from "../backends/fused/plainLogProbs";
import { tf } from "../backends/tf";
import { ofRepeatedLogits } from "./ofRepeatedLogits";

/**
 * Bernoulli log-probability from logits, summed over the last axis: Σ_u x_u a_u − softplus(a_u), with
 * softplus(a) = max(a, 0) + log1p(exp(−|a|)), finite for every finite a and exact for relaxed x as well.
 *
 * @param logits a, `[…, units]`
 * @param value x, `[…, units]`; the shapes are broadcast
 * @returns `[…]`, nats
 */
export function bernoulliLogProb(logits: tf.Tensor, value: tf.Tensor): tf.Tensor {
  const known = ofRepeatedLogits(logits, value, 1, bernoulliLogProb) ?? fusedBernoulliLogProb(logits, value);
  if (known) return known;
  return customOp(
    "BernoulliLogProb",
    { logits, value },
    () => tf.sum(tf.sub(tf.mul(value, logits), stableSoftplus(logits)), -1),
    (dy) => {
      const column = tf.expandDims(dy, -1);
      return {
        logits: () => sumTo(tf.mul(column, tf.sub(value, tf.sigmoid(logits))), logits.shape),
        value: () => sumTo(tf.mul(column, logits), value.shape),
      };
    },
    { plain: plainBernoulliLogProb },
  );
}

function stableSoftplus(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/** Sums a tensor over the axes along which `shape` was broadcast. */
export function sumTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const extra = x.rank - shape.length;
  const axes: number[] = [];
  x.shape.forEach((size, axis) => {
    if (axis < extra || (shape[axis - extra] === 1 && size !== 1)) axes.push(axis);
  });
  return axes.length === 0
    ? x.rank === shape.length
      ? x
      : tf.reshape(x, [...shape])
    : tf.reshape(tf.sum(x, axes), [...shape]);
}
