import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";
import { sumTo } from "../bernoulliLogProb";
import { elementwise, unaryOp } from "./elementwise";
import { logGamma } from "./scalar/logGamma";
import { polygamma as scalarPolygamma } from "./scalar/polygamma";

/** log |Γ(x)|; gradient ψ(x). */
export function lgamma(x: tf.Tensor): tf.Tensor {
  return unaryOp("Lgamma", x, logGamma, (dy, at) => tf.mul(dy, digamma(at)));
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
  return unaryOp(
    "Polygamma",
    x,
    (value) => scalarPolygamma(n, value),
    (dy, at) => tf.mul(dy, polygamma(n + 1, at)),
  );
}

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), formed in double precision; shapes are broadcast. */
export function logBeta(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return customOp(
    "LogBeta",
    { a, b },
    (save) => {
      save([a, b]);
      return elementwise((p, q) => logGamma(p) + logGamma(q) - logGamma(p + q), a, b);
    },
    (dy, [p, q]) => ({
      a: () => sumTo(tf.mul(dy, tf.sub(digamma(p!), digamma(tf.add(p!, q!)))), a.shape),
      b: () => sumTo(tf.mul(dy, tf.sub(digamma(q!), digamma(tf.add(p!, q!)))), b.shape),
    }),
  );
}
