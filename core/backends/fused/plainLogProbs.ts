import { tf } from "../tf";

interface LogitsAndValue {
  readonly logits: tf.Tensor;
  readonly value: tf.Tensor;
}

/** Σ_u x_u a_u − softplus(a_u) over the last axis by operations that Taylor mode has rules for. */
export function plainBernoulliLogProb({ logits, value }: LogitsAndValue): tf.Tensor {
  return tf.sum(tf.sub(tf.mul(value, logits), tf.softplus(logits)), -1);
}

/** Σ_u Σ_k x_uk (a_uk − log Σ_j exp a_uj) over the last two axes by operations that Taylor mode has rules for. */
export function plainCategoricalLogProb({ logits, value }: LogitsAndValue): tf.Tensor {
  return tf.sum(tf.mul(value, tf.sub(logits, tf.logSumExp(logits, -1, true))), [-2, -1]);
}
