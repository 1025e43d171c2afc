import { tf } from "../../backends/tf";
import { unaryOp } from "./elementwise";

/** log(1 + x), exact near 0 on every back end. */
export function log1p(x: tf.Tensor): tf.Tensor {
  return unaryOp("ExactLog1p", x, Math.log1p, (dy, at) => tf.div(dy, tf.add(at, 1)));
}

/** eˣ − 1, exact near 0 on every back end. */
export function expm1(x: tf.Tensor): tf.Tensor {
  return unaryOp("ExactExpm1", x, Math.expm1, (dy, at) => tf.mul(dy, tf.exp(at)));
}

/** log(1 − e⁻ˣ) for x > 0, by expm1 below log 2 and log1p above. Reference: Mächler, "Accurately computing log(1 − exp(−|a|))", 2012. */
export function log1mExp(x: tf.Tensor): tf.Tensor {
  const f = (value: number): number =>
    value < Math.LN2 ? Math.log(-Math.expm1(-value)) : Math.log1p(-Math.exp(-value));
  return unaryOp("Log1mExp", x, f, (dy, at) => tf.div(dy, expm1(at)));
}

/** log(1 + eˣ), finite for every finite x and differentiable any number of times. */
export function softplus(x: tf.Tensor): tf.Tensor {
  return unaryOp(
    "ExactSoftplus",
    x,
    (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))),
    (dy, at) => tf.mul(dy, tf.sigmoid(at)),
  );
}

/** log σ(x) = −softplus(−x). */
export function logSigmoid(x: tf.Tensor): tf.Tensor {
  return tf.neg(softplus(tf.neg(x)));
}
