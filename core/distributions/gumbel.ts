import { tf } from "../backends/tf";
import { expm1 } from "../numerics/special/stableForms";
import { type LocationScale, locationScale, type StandardUnit } from "./locationScale";
import type { ParameterLike } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

const eulerGamma = 0.5772156649015329;

const standardGumbel: StandardUnit = {
  id: "gumbel",
  location: "location",
  scale: "scale",
  logDensity: (epsilon) => tf.neg(tf.add(epsilon, tf.exp(tf.neg(epsilon)))),
  cdf(epsilon, upper) {
    const power = tf.neg(tf.exp(tf.neg(epsilon)));
    return upper ? tf.neg(expm1(power)) : tf.exp(power);
  },
  mean: eulerGamma,
  variance: Math.PI ** 2 / 6,
  entropy: 1 + eulerGamma,
};

/** Gumbel units (of maxima) with distribution function exp(−exp(−(z − location)/scale)), `[…, units]`. */
export function gumbel(parameters: { readonly location: ParameterLike; readonly scale: ParameterLike }): LocationScale {
  refuseUnknownParameters("gumbel", parameters);
  return locationScale(standardGumbel, parameters.location, parameters.scale);
}
