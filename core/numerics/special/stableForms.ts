import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";
import { elementwise } from "./elementwise";

/** log(1 + x), exact near 0 on every back end. */
export function log1p(x: tf.Tensor): tf.Tensor {
  return customOp("ExactLog1p", { x }, () => elementwise(Math.log1p, x), (dy) => ({ x: () => tf.div(dy, tf.add(x, 1)) }));
}

/** eˣ − 1, exact near 0 on every back end. */
export function expm1(x: tf.Tensor): tf.Tensor {
  return customOp("ExactExpm1", { x }, () => elementwise(Math.expm1, x), (dy) => ({ x: () => tf.mul(dy, tf.exp(x)) }));
}

/** log(1 − e⁻ˣ) for x > 0, by expm1 below log 2 and log1p above. Reference: Mächler, "Accurately computing log(1 − exp(−|a|))", 2012. */
export function log1mExp(x: tf.Tensor): tf.Tensor {
  return customOp(
    "Log1mExp",
    { x },
    () => elementwise((value) => (value < Math.LN2 ? Math.log(-Math.expm1(-value)) : Math.log1p(-Math.exp(-value))), x),
    (dy) => ({ x: () => tf.div(dy, expm1(x)) }),
  );
}

/** log(1 + eˣ), finite for every finite x and differentiable any number of times. */
export function softplus(x: tf.Tensor): tf.Tensor {
  return customOp(
    "ExactSoftplus",
    { x },
    () => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))),
    (dy) => ({ x: () => tf.mul(dy, tf.sigmoid(x)) }),
  );
}

/** log σ(x) = −softplus(−x). */
export function logSigmoid(x: tf.Tensor): tf.Tensor {
  return tf.neg(softplus(tf.neg(x)));
}
