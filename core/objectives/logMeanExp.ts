import { tf } from "../backends/tf";

/** −log (1/S) Σ_s exp(−total_s) over the first axis, `[S, B']` → `[B']`. */
export function negativeLogMeanExp(total: tf.Tensor): tf.Tensor {
  const S = total.shape[0]!;
  if (S === 1) return tf.squeeze(total, [0]);
  return tf.neg(tf.sub(tf.logSumExp(tf.neg(total), 0), Math.log(S)));
}
