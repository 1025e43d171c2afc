import { tf } from "../backends/tf";
import type { Bernoulli } from "./bernoulli";
import type { Categorical } from "./categorical";
import { isContinuous, sumUnits } from "./continuous";
import type { Distribution } from "./distribution";

/** H(p) = −E_p[log p], nats, the parameters' leading axes; null where it has no closed form. */
export function entropy(p: Distribution): tf.Tensor | null {
  if (isContinuous(p)) return p.entropy();
  if (p.id === "bernoulli") {
    const { logits } = p as Bernoulli;
    return sumUnits(tf.sub(tf.softplus(logits), tf.mul(tf.sigmoid(logits), logits)));
  }
  const logProbs = tf.logSoftmax((p as Categorical).logits);
  return tf.neg(tf.sum(tf.mul(tf.exp(logProbs), logProbs), [-2, -1]));
}
