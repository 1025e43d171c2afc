import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";
import { sumTo } from "../bernoulliLogProb";
import { elementwise } from "./elementwise";
import { incompleteBeta } from "./scalar/incompleteBeta";
import { logGamma } from "./scalar/logGamma";

/**
 * I_x(a, b), the regularised incomplete beta function; shapes are broadcast.
 *
 * Gradients in all three arguments, in one order: the gradients themselves are constants.
 */
export function betaI(a: tf.Tensor, b: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return customOp(
    "IncompleteBeta",
    { a, b, x },
    (save) => {
      save([a, b, x]);
      return elementwise((p, q, at) => incompleteBeta(p, q, at).value, a, b, x);
    },
    (dy, [u, v, w]) => ({
      a: () =>
        sumTo(
          tf.mul(
            dy,
            elementwise((p, q, at) => incompleteBeta(p, q, at).dA, u!, v!, w!),
          ),
          a.shape,
        ),
      b: () =>
        sumTo(
          tf.mul(
            dy,
            elementwise((p, q, at) => incompleteBeta(p, q, at).dB, u!, v!, w!),
          ),
          b.shape,
        ),
      x: () => sumTo(tf.mul(dy, elementwise(density, u!, v!, w!)), x.shape),
    }),
  );
}

/** dx/da and dx/db at fixed I_x(a, b): the implicit derivatives of a beta variable in its shapes. Constants. */
export function betaPaths(
  a: tf.Tensor,
  b: tf.Tensor,
  x: tf.Tensor,
): { readonly a: () => tf.Tensor; readonly b: () => tf.Tensor } {
  return {
    a: () => elementwise((p, q, at) => incompleteBeta(p, q, at).pathA, a, b, x),
    b: () => elementwise((p, q, at) => incompleteBeta(p, q, at).pathB, a, b, x),
  };
}

function density(a: number, b: number, x: number): number {
  return Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b));
}
