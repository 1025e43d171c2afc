import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { categoricalLogProb } from "../numerics/categoricalLogProb";
import type { Distribution, NodeNoise } from "./distribution";
import { categoricalDraw } from "./categoricalDraw";
import { firstOutside, firstWhere, intervals, oneOf, type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** Independent one-hot units of K states each. */
export interface Categorical extends Distribution {
  readonly id: "categorical";
  /** Unnormalised log-probabilities, `[…, units, K]`. */
  readonly logits: tf.Tensor;
}

/**
 * Independent categorical units; a value is one-hot, `[…, units, K]`.
 *
 * @param parameters `logits` or `probs`, `[…, units, K]`; probabilities sum to 1 over K. A vector `[K]` is one unit
 */
export function categorical(
  parameters: { readonly logits: ParameterLike } | { readonly probs: ParameterLike },
): Categorical {
  refuseUnknownParameters("categorical", parameters);
  const given = parameters as { readonly logits?: ParameterLike; readonly probs?: ParameterLike };
  const chosen = oneOf("categorical", "logits", given.logits, "probs", given.probs);
  if ("a" in chosen) {
    const logits = tensorParameter("categorical", "logits", chosen.a, 2);
    return make(logits, { logits }, () => null);
  }
  const probs = tensorParameter("categorical", "probs", chosen.b, 2);
  return make(tf.log(tf.maximum(probs, 1e-38)), { probs }, () => {
    const outside = firstOutside(probs, intervals.unit);
    if (outside !== null) return `probs lie in [0, 1], got ${outside}`;
    const sum = firstWhere(tf.sum(probs, -1), (total) => Math.abs(total - 1) > 1e-4);
    return sum === null ? null : `probs sum to 1 over the last axis, got ${sum}`;
  });
}

function make(
  logits: tf.Tensor,
  parameters: Readonly<Record<string, tf.Tensor>>,
  problem: () => string | null,
): Categorical {
  const unitShape = logits.shape.slice(-2);
  const K = unitShape[1]!;
  return {
    id: "categorical",
    eventRank: 2,
    statesPerUnit: K,
    unitShape,
    parameters,
    logits,
    // The Gumbel-max trick, so that relaxations start from the same noise.
    sample: (noise: NodeNoise) => tf.tidy(() => categoricalDraw(logits, noise.uniform(unitShape))),
    logProb: (value) => categoricalLogProb(logits, value),
    mean: () => tf.softmax(logits),
    detached: () => make(detach(logits), parameters, problem),
    problem: () => {
      const bad = firstOutside(logits, intervals.number);
      return bad === null ? problem() : "logits are numbers, got NaN";
    },
    valueProblem: (value) => {
      const bad = firstWhere(value, (x) => x !== 0 && x !== 1) ?? firstWhere(tf.sum(value, -1), (sum) => sum !== 1);
      return bad === null ? null : `values are one-hot, got an entry or a sum ${bad}`;
    },
  };
}
