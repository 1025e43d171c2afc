import { tf } from "../backends/tf";
import type { Bernoulli } from "../distributions/bernoulli";
import type { SurrogateContext } from "./estimator";

/**
 * The uniform behind a Bernoulli value b = 1[u > σ(−a)], the antithetic value b̃ = 1[u < σ(a)] of 1 − u, and the difference of costs
 * f(b) − f(b̃), `[S, B', 1]`, in which nodes downstream are drawn again from the same noise. All constants.
 */
export function antithetic(context: SurrogateContext): { u: tf.Tensor; opposite: tf.Tensor; difference: tf.Tensor } {
  const { distribution, noise, forced, value, credit, evaluate } = context;
  const p = tf.sigmoid((distribution as Bernoulli).logits);
  let u = noise.uniform(distribution.unitShape, forced ? 1 : 0);
  // A given value leaves u uniform on its side of the threshold.
  if (forced) u = tf.where(tf.greater(value, 0.5), tf.add(tf.sub(1, p), tf.mul(u, p)), tf.mul(u, tf.sub(1, p)));
  const opposite = tf.less(u, p).toFloat();
  const branch = evaluate({ copies: 1, value: opposite, descendants: "redraw" });
  return { u, opposite, difference: tf.expandDims(tf.sub(credit, tf.squeeze(branch.credit, [0])), -1) };
}
