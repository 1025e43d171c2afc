import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import type { Categorical } from "../distributions/categorical";
import type { Distribution, NodeNoise } from "../distributions/distribution";
import { sumTo } from "../numerics/bernoulliLogProb";

/** Discrete distributions that have a relaxation. */
export type Relaxable = Bernoulli | Categorical;

export function isRelaxable(distribution: Distribution): distribution is Relaxable {
  return distribution.id === "bernoulli" || distribution.id === "categorical";
}

/**
 * The binary or categorical Concrete: σ((a + logit u) / T), softmax((a + Gumbel(u)) / T), with gradients to the logits. Its largest
 * entry is where the discrete draw from the same noise has its one (Maddison, Mnih, Teh, 2017; Jang, Gu, Poole, 2017; seed 2, eq. 10).
 *
 * @param temperature T > 0
 * @returns `[S, B', …unitShape]`
 */
export function relaxedDraw(distribution: Relaxable, noise: NodeNoise, temperature: number): tf.Tensor {
  const relaxed = relaxedFrom(distribution, noise.uniform(distribution.unitShape), temperature);
  return withGradient(distribution, relaxed.soft, relaxed);
}

/** A value with a relaxed one's gradients to the logits and, where it is learned, to log T. */
export function withGradient(
  { logits }: Relaxable,
  value: tf.Tensor,
  { pull, warm }: RelaxedValue,
  logTemperature: tf.Tensor | null = null,
): tf.Tensor {
  const inputs: Record<string, tf.Tensor> = logTemperature ? { logits, logTemperature } : { logits };
  return customOp(
    "Relaxation",
    inputs,
    () => value.clone(),
    (dy): Record<string, () => tf.Tensor> => ({
      logits: () => sumTo(pull(dy), logits.shape),
      ...(logTemperature ? { logTemperature: () => tf.sum(warm(dy)) } : {}),
    }),
  );
}

/** A relaxed value, constant, and how a cost's derivative with respect to it becomes one with respect to the logits. */
export interface RelaxedValue {
  /** `[S, B', …unitShape]`. */
  readonly soft: tf.Tensor;
  /** @param slope d cost / d soft; @returns d cost / d logits, the noise held */
  pull(slope: tf.Tensor): tf.Tensor;
  /** @param slope d cost / d soft; @returns its products with d soft / d log T, whose sum is d cost / d log T */
  warm(slope: tf.Tensor): tf.Tensor;
}

/** z of fresh noise: a + logit u, log p + Gumbel(u). */
export function relaxedFrom(distribution: Relaxable, u: tf.Tensor, temperature: number): RelaxedValue {
  if (distribution.id === "bernoulli")
    return soften(distribution, tf.add(distribution.logits, logit(u)), null, temperature);
  return soften(distribution, tf.add(tf.logSoftmax(distribution.logits), gumbel(u)), null, temperature);
}

/**
 * z given the discrete value b, from noise v of its own (Tucker and others, 2017, appendix).
 * Bernoulli: b = 1: softplus(logit v + softplus(a)), b = 0: −softplus(logit v + softplus(−a)). Categorical, b at k: z_k = Gumbel(v_k),
 * others −log(−log v_j / p_j − log v_k).
 */
export function relaxedGiven(
  distribution: Relaxable,
  value: tf.Tensor,
  v: tf.Tensor,
  temperature: number,
): RelaxedValue {
  if (distribution.id === "bernoulli") {
    const sign = tf.sub(tf.mul(value, 2), 1);
    const signed = tf.mul(distribution.logits, sign); // [S, B', units]
    const inner = tf.add(logit(v), tf.softplus(signed));
    return soften(
      distribution,
      tf.mul(sign, tf.softplus(inner)),
      tf.mul(tf.sigmoid(inner), tf.sigmoid(signed)),
      temperature,
    );
  }
  const logP = tf.logSoftmax(distribution.logits);
  const exponential = tf.neg(tf.log(v));
  const top = tf.sum(tf.mul(exponential, value), -1, true); // −log v_k
  const scaled = tf.exp(tf.sub(tf.log(exponential), logP)); // −log v_j / p_j
  const other = tf.sub(1, value);
  const argument = tf.add(top, tf.mul(scaled, other));
  return soften(distribution, tf.neg(tf.log(argument)), tf.div(tf.mul(scaled, other), argument), temperature);
}

/** @param derivative d z / d logit (Bernoulli) or d z / d log p (categorical), 1 when null */
function soften(
  distribution: Relaxable,
  z: tf.Tensor,
  derivative: tf.Tensor | null,
  temperature: number,
): RelaxedValue {
  const along = (x: tf.Tensor): tf.Tensor => (derivative ? tf.mul(x, derivative) : x);
  if (distribution.id === "bernoulli") {
    const drive = tf.div(z, temperature);
    const soft = tf.sigmoid(drive);
    const inner = (slope: tf.Tensor): tf.Tensor => tf.mul(slope, tf.mul(soft, tf.sub(1, soft)));
    return {
      soft,
      pull: (slope) => along(tf.div(inner(slope), temperature)),
      // d σ(z/T) / d log T = −(z/T) σ (1 − σ)
      warm: (slope) => tf.neg(tf.mul(inner(slope), drive)),
    };
  }
  const drive = tf.div(z, temperature);
  const soft = tf.softmax(drive);
  return {
    soft,
    // d y / d log T = −y (z/T − Σ y z/T)
    warm: (slope) => tf.neg(tf.mul(slope, tf.mul(soft, tf.sub(drive, tf.sum(tf.mul(soft, drive), -1, true))))),
    pull(slope) {
      const inner = tf.sum(tf.mul(slope, soft), -1, true);
      const towardsLogP = along(tf.div(tf.mul(soft, tf.sub(slope, inner)), temperature));
      return tf.sub(towardsLogP, tf.mul(tf.softmax(distribution.logits), tf.sum(towardsLogP, -1, true)));
    },
  };
}

function logit(u: tf.Tensor): tf.Tensor {
  return tf.sub(tf.log(u), tf.log1p(tf.neg(u)));
}

function gumbel(u: tf.Tensor): tf.Tensor {
  return tf.neg(tf.log(tf.neg(tf.log(u))));
}
