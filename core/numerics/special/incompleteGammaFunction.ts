import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";
import { sumTo } from "../bernoulliLogProb";
import { elementwise } from "./elementwise";
import { incompleteGamma } from "./scalar/incompleteGamma";
import { logGamma } from "./scalar/logGamma";

/**
 * P(a, x), the regularised lower incomplete gamma function; shapes are broadcast.
 *
 * Gradients: ∂P/∂x = xᵃ⁻¹e⁻ˣ/Γ(a), ∂P/∂a by its differentiated series or fraction. One order: the gradients themselves are constants.
 */
export function gammaP(a: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return customOp(
    "IncompleteGamma",
    { a, x },
    (save) => {
      save([a, x]);
      return elementwise((shape, at) => incompleteGamma(shape, at).lower, a, x);
    },
    (dy, [p, q]) => ({
      a: () =>
        sumTo(
          tf.mul(
            dy,
            elementwise((shape, at) => incompleteGamma(shape, at).dShape, p!, q!),
          ),
          a.shape,
        ),
      x: () =>
        sumTo(
          tf.mul(
            dy,
            elementwise((shape, at) => Math.exp((shape - 1) * Math.log(at) - at - logGamma(shape)), p!, q!),
          ),
          x.shape,
        ),
    }),
  );
}

/** 1 − P(a, x) without cancellation; shapes are broadcast. One order of gradients, as `gammaP`. */
export function gammaQ(a: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return customOp(
    "UpperIncompleteGamma",
    { a, x },
    (save) => {
      save([a, x]);
      return elementwise((shape, at) => incompleteGamma(shape, at).upper, a, x);
    },
    (dy, [p, q]) => ({
      a: () =>
        sumTo(
          tf.mul(
            dy,
            elementwise((shape, at) => -incompleteGamma(shape, at).dShape, p!, q!),
          ),
          a.shape,
        ),
      x: () =>
        sumTo(
          tf.mul(
            dy,
            elementwise((shape, at) => -Math.exp((shape - 1) * Math.log(at) - at - logGamma(shape)), p!, q!),
          ),
          x.shape,
        ),
    }),
  );
}

/** dx/da at fixed P(a, x): the implicit derivative of a standard gamma variable in its shape. A constant. */
export function gammaPath(a: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return elementwise((shape, at) => incompleteGamma(shape, at).path, a, x);
}
