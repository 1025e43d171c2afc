import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";
import { elementwise } from "./elementwise";
import * as scalar from "./scalar/errorFunction";
import { normalQuantile as scalarQuantile } from "./scalar/normalQuantile";

const twoOverRootPi = 2 / Math.sqrt(Math.PI);
const rootTwoPi = Math.sqrt(2 * Math.PI);

/** erf(x) = 2/√π ∫₀ˣ exp(−t²) dt. */
export function erf(x: tf.Tensor): tf.Tensor {
  return customOp("ErrorFunction", { x }, () => elementwise(scalar.erf, x), (dy) => ({
    x: () => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), twoOverRootPi)),
  }));
}

/** 1 − erf(x), without cancellation for large x. */
export function erfc(x: tf.Tensor): tf.Tensor {
  return customOp("ComplementaryErrorFunction", { x }, () => elementwise(scalar.erfc, x), (dy) => ({
    x: () => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), -twoOverRootPi)),
  }));
}

/** Inverse of erf; infinite at ±1. */
export function erfinv(x: tf.Tensor): tf.Tensor {
  return customOp("InverseErrorFunction", { x }, () => elementwise(scalar.erfinv, x), (dy) => ({
    x: () => tf.mul(dy, tf.mul(tf.exp(tf.square(erfinv(x))), 1 / twoOverRootPi)),
  }));
}

/** Φ(x), the standard normal distribution function. */
export function normalCdf(x: tf.Tensor): tf.Tensor {
  return customOp("NormalCdf", { x }, () => elementwise(scalar.normalCdf, x), (dy) => ({
    x: () => tf.mul(dy, tf.div(tf.exp(tf.mul(tf.square(x), -0.5)), rootTwoPi)),
  }));
}

/** Φ⁻¹(p), the standard normal quantile; infinite at 0 and 1. */
export function normalQuantile(p: tf.Tensor): tf.Tensor {
  return customOp("NormalQuantile", { p }, () => elementwise(scalarQuantile, p), (dy) => ({
    p: () => tf.mul(dy, tf.mul(tf.exp(tf.mul(tf.square(normalQuantile(p)), 0.5)), rootTwoPi)),
  }));
}
