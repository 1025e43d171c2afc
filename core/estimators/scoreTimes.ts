import { tf } from "../backends/tf";
import type { ControlVariate, SurrogateContext } from "./estimator";
import { asFactor, logitScore } from "./relaxedControl";
import { scoreOfLoss } from "./scoreOfLoss";

/**
 * Score times credit and score times what is subtracted from it; null but for Bernoulli and categorical.
 * @param subtracted each `[S, B']`, or apart for every unit, broadcastable to the value
 */
export function scoreTimes(context: SurrogateContext, ...subtracted: readonly tf.Tensor[]): ControlVariate | null {
  const { distribution, value } = context;
  if (distribution.id !== "bernoulli" && distribution.id !== "categorical") return null;
  const score = logitScore(context);
  const control = subtracted
    .map((part) => tf.mul(score, part.rank === value.rank ? part : asFactor(part, distribution.eventRank)))
    .reduce((sum, part) => tf.add(sum, part));
  return { plain: plainScore(context), control };
}

/** Score times all that meets it in an estimate without a control variate: the credit, and the loss's own factor. */
export function plainScore(context: SurrogateContext): tf.Tensor {
  const own = scoreOfLoss(context);
  const signal = own ? tf.add(context.credit, own) : context.credit;
  return tf.mul(logitScore(context), asFactor(signal, context.distribution.eventRank));
}
