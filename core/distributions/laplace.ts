import { tf } from "../backends/tf";
import { type LocationScale, locationScale, type StandardUnit } from "./locationScale";
import type { ParameterLike } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

const standardLaplace: StandardUnit = {
  id: "laplace",
  location: "location",
  scale: "scale",
  logDensity: (epsilon) => tf.sub(tf.neg(tf.abs(epsilon)), Math.LN2),
  // ½ e^ε below 0, 1 − ½ e^−ε above: the part that is not on its side is a constant ½.
  cdf(given, upper) {
    const epsilon = upper ? tf.neg(given) : given;
    return tf.sub(
      tf.mul(tf.exp(tf.minimum(epsilon, 0)), 0.5),
      tf.mul(tf.sub(tf.exp(tf.neg(tf.maximum(epsilon, 0))), 1), 0.5),
    );
  },
  mean: 0,
  variance: 2,
  entropy: 1 + Math.LN2,
};

/** Laplace units with density exp(−|z − location|/scale)/(2 scale), `[…, units]`. */
export function laplace(parameters: {
  readonly location: ParameterLike;
  readonly scale: ParameterLike;
}): LocationScale {
  refuseUnknownParameters("laplace", parameters);
  return locationScale(standardLaplace, parameters.location, parameters.scale);
}
