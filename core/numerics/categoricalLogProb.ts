import { customOp } from "../backends/customOp";
import { fusedCategoricalLogProb } from "../backends/fused/categoricalLogProb";
import { plainCategoricalLogProb } from "../backends/fused/plainLogProbs";
import { tf } from "../backends/tf";
import { sumTo } from "./bernoulliLogProb";
import { ofRepeatedLogits } from "./ofRepeatedLogits";

/**
 * Categorical log-probability from logits, summed over units: Σ_u Σ_k x_uk log softmax(a_u)_k, for one-hot or relaxed x.
 *
 * @param logits a, `[…, units, K]`, unnormalised
 * @param value x, `[…, units, K]`; the shapes are broadcast
 * @returns `[…]`, nats
 */
export function categoricalLogProb(logits: tf.Tensor, value: tf.Tensor): tf.Tensor {
  const known = ofRepeatedLogits(logits, value, 2, categoricalLogProb) ?? fusedCategoricalLogProb(logits, value);
  if (known) return known;
  return customOp(
    "CategoricalLogProb",
    { logits, value },
    () => plainCategoricalLogProb({ logits, value }),
    (dy) => {
      const column = tf.reshape(dy, [...dy.shape, 1, 1]);
      return {
        logits: () =>
          sumTo(tf.mul(column, tf.sub(value, tf.mul(tf.sum(value, -1, true), tf.softmax(logits)))), logits.shape),
        value: () => sumTo(tf.mul(column, tf.sub(logits, tf.logSumExp(logits, -1, true))), value.shape),
      };
    },
    { plain: plainCategoricalLogProb },
  );
}
