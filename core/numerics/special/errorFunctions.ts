import { tf } from "../../backends/tf";
import { unaryOp } from "./elementwise";
import * as scalar from "./scalar/errorFunction";
import { normalQuantile as scalarQuantile } from "./scalar/normalQuantile";

const twoOverRootPi = 2 / Math.sqrt(Math.PI);
const rootTwoPi = Math.sqrt(2 * Math.PI);

/** erf(x) = 2/√π ∫₀ˣ exp(−t²) dt. */
export function erf(x: tf.Tensor): tf.Tensor {
  return unaryOp("ErrorFunction", x, scalar.erf, (dy, at) =>
    tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(at))), twoOverRootPi)),
  );
}

/** 1 − erf(x), without cancellation for large x. */
export function erfc(x: tf.Tensor): tf.Tensor {
  return unaryOp("ComplementaryErrorFunction", x, scalar.erfc, (dy, at) =>
    tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(at))), -twoOverRootPi)),
  );
}

/** Inverse of erf; infinite at ±1. */
export function erfinv(x: tf.Tensor): tf.Tensor {
  return unaryOp("InverseErrorFunction", x, scalar.erfinv, (dy, at) =>
    tf.mul(dy, tf.mul(tf.exp(tf.square(erfinv(at))), 1 / twoOverRootPi)),
  );
}

/** Φ(x), the standard normal distribution function. */
export function normalCdf(x: tf.Tensor): tf.Tensor {
  return unaryOp("NormalCdf", x, scalar.normalCdf, (dy, at) =>
    tf.mul(dy, tf.div(tf.exp(tf.mul(tf.square(at), -0.5)), rootTwoPi)),
  );
}

/** Φ⁻¹(p), the standard normal quantile; infinite at 0 and 1. */
export function normalQuantile(p: tf.Tensor): tf.Tensor {
  return unaryOp("NormalQuantile", p, scalarQuantile, (dy, at) =>
    tf.mul(dy, tf.mul(tf.exp(tf.mul(tf.square(normalQuantile(at)), 0.5)), rootTwoPi)),
  );
}
