import { tf } from "../backends/tf";
import type { ControlVariate, SurrogateContext } from "./estimator";
import { asFactor, logitScore } from "./relaxedControl";

/** Score times credit and score times what is subtracted from it, `[S, B']`; null but for Bernoulli and categorical. */
export function scoreTimes(context: SurrogateContext, subtracted: tf.Tensor): ControlVariate | null {
  const { distribution, credit } = context;
  if (distribution.id !== "bernoulli" && distribution.id !== "categorical") return null;
  const score = logitScore(context);
  const times = (signal: tf.Tensor): tf.Tensor => tf.mul(score, asFactor(signal, distribution.eventRank));
  return { plain: times(credit), control: times(tf.broadcastTo(subtracted, credit.shape)) };
}
