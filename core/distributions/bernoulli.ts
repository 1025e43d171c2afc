import { detach } from "../backends/detach";
import { fusedBernoulliDraw } from "../backends/fused/bernoulliDraw";
import { tf } from "../backends/tf";
import { bernoulliLogProb } from "../numerics/bernoulliLogProb";
import type { Distribution, NodeNoise } from "./distribution";
import { firstOutside, firstWhere, intervals, oneOf, type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** Independent bits. Logits are primary: every log-probability is formed from them. */
export interface Bernoulli extends Distribution {
  readonly id: "bernoulli";
  /** log p/(1 − p), `[…, units]`. */
  readonly logits: tf.Tensor;
}

/**
 * Independent Bernoulli units with values 0 and 1.
 *
 * @param parameters `logits` or `probs`, `[…, units]`. Probabilities 0 and 1 are taken as 10⁻³⁸ and 1 − 2⁻²⁴ in log-probabilities
 */
export function bernoulli(
  parameters: { readonly logits: ParameterLike } | { readonly probs: ParameterLike },
): Bernoulli {
  refuseUnknownParameters("bernoulli", parameters);
  const given = parameters as { readonly logits?: ParameterLike; readonly probs?: ParameterLike };
  const chosen = oneOf("bernoulli", "logits", given.logits, "probs", given.probs);
  if ("a" in chosen) {
    const logits = tensorParameter("bernoulli", "logits", chosen.a, 1);
    return make(logits, { logits }, () => null);
  }
  const probs = tensorParameter("bernoulli", "probs", chosen.b, 1);
  const logits = tf.sub(tf.log(tf.maximum(probs, 1e-38)), tf.log1p(tf.neg(tf.minimum(probs, 1 - 2 ** -24))));
  return make(logits, { probs }, () => {
    const outside = firstOutside(probs, intervals.unit);
    return outside === null ? null : `probs lie in [0, 1], got ${outside}`;
  });
}

function make(
  logits: tf.Tensor,
  parameters: Readonly<Record<string, tf.Tensor>>,
  problem: () => string | null,
): Bernoulli {
  const unitShape = logits.shape.slice(-1);
  return {
    id: "bernoulli",
    eventRank: 1,
    statesPerUnit: 2,
    unitShape,
    parameters,
    logits,
    // u > σ(−a) rather than u < σ(a): a relaxation that starts from a + logit(u) then has the same sign.
    sample: (noise: NodeNoise) =>
      tf.tidy(() => {
        const uniform = noise.uniform(unitShape);
        return fusedBernoulliDraw(logits, uniform) ?? detach(tf.greater(uniform, tf.sigmoid(tf.neg(logits))).toFloat());
      }),
    logProb: (value) => bernoulliLogProb(logits, value),
    mean: () => tf.sigmoid(logits),
    detached: () => make(detach(logits), parameters, problem),
    problem: () => {
      const bad = firstOutside(logits, intervals.number);
      return bad === null ? problem() : "logits are numbers, got NaN";
    },
    valueProblem: (value) => {
      const bad = firstWhere(value, (x) => x !== 0 && x !== 1);
      return bad === null ? null : `values are 0 or 1, got ${bad}`;
    },
  };
}
