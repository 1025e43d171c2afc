import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";
import { elementwise } from "./elementwise";
import { logGamma } from "./scalar/logGamma";
import { polygamma as scalarPolygamma } from "./scalar/polygamma";

/** log |Γ(x)|; gradient ψ(x). */
export function lgamma(x: tf.Tensor): tf.Tensor {
  return customOp("Lgamma", { x }, () => elementwise(logGamma, x), (dy) => ({ x: () => tf.mul(dy, digamma(x)) }));
}

/** ψ(x) = d log Γ(x)/dx. */
export function digamma(x: tf.Tensor): tf.Tensor {
  return polygamma(0, x);
}

/** ψ'(x). */
export function trigamma(x: tf.Tensor): tf.Tensor {
  return polygamma(1, x);
}

/** The n-th derivative of ψ, x > 0 for n ≥ 1; differentiable any number of times. */
export function polygamma(n: number, x: tf.Tensor): tf.Tensor {
  return customOp("Polygamma", { x }, () => elementwise((value) => scalarPolygamma(n, value), x), (dy) => ({ x: () => tf.mul(dy, polygamma(n + 1, x)) }));
}

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), formed in double precision; shapes are broadcast. */
export function logBeta(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const wide = tf.add(tf.zerosLike(a), b);
  const x = tf.add(a, tf.zerosLike(b));
  return customOp(
    "LogBeta",
    { x, y: wide },
    () => elementwise((p, q) => logGamma(p) + logGamma(q) - logGamma(p + q), x, wide),
    (dy) => ({
      x: () => tf.mul(dy, tf.sub(digamma(x), digamma(tf.add(x, wide)))),
      y: () => tf.mul(dy, tf.sub(digamma(wide), digamma(tf.add(x, wide)))),
    }),
  );
}
