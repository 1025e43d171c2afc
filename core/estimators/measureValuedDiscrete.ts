import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { Categorical } from "../distributions/categorical";
import { unrecorded } from "../gradients/tape";
import type { SurrogateContext } from "./estimator";
import { evaluateFlips } from "./flips";
import { expectedOverStates } from "./localExpectation";

/** Stream of the negative measures' draws. */
const NEGATIVE_STREAM = 1;

/**
 * Weak derivatives of discrete units, nodes downstream drawn again from the same noise.
 * Bernoulli: ∂E f/∂p = f(1) − f(0). Categorical, logit m: ∂E f/∂a_m = π_m (1 − π_m) [f(m) − f(k)], k drawn from π without m.
 */
export function measureValuedDiscrete(context: SurrogateContext): tf.Tensor {
  const { distribution, noise } = context;
  if (distribution.id === "bernoulli") return expectedOverStates(context, evaluateFlips(context, "redraw").credit);
  const { logits } = distribution as Categorical;
  const [units, K] = distribution.unitShape as [number, number];
  const weights = unrecorded(() =>
    tidy(() => {
      const { credit } = evaluateFlips(context, "redraw"); // [S, B', units, K]
      const u = noise.uniform([units, K, K], NEGATIVE_STREAM);
      const gumbel = tf.neg(tf.log(tf.neg(tf.log(u))));
      // Row m draws among the other states: its own is masked out.
      const others = tf.add(
        tf.expandDims(tf.broadcastTo(tf.logSoftmax(logits), credit.shape), -2),
        tf.mul(tf.eye(K), -1e30),
      );
      const negative = tf.oneHot(tf.argMax(tf.add(others, gumbel), -1).toInt(), K).toFloat(); // [S, B', units, m, K]
      const difference = tf.sub(credit, tf.sum(tf.mul(tf.expandDims(credit, -2), negative), -1));
      const p = tf.softmax(logits);
      return tf.mul(tf.mul(p, tf.sub(1, p)), difference);
    }),
  );
  return tf.sum(tf.mul(logits, weights), [-2, -1]);
}
