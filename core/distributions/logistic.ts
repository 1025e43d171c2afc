import { tf } from "../backends/tf";
import { softplus } from "../numerics/special/stableForms";
import { type LocationScale, locationScale, type StandardUnit } from "./locationScale";
import type { ParameterLike } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

const standardLogistic: StandardUnit = {
  id: "logistic",
  location: "location",
  scale: "scale",
  logDensity: (epsilon) => tf.sub(tf.neg(epsilon), tf.mul(softplus(tf.neg(epsilon)), 2)),
  cdf: (epsilon, upper) => tf.sigmoid(upper ? tf.neg(epsilon) : epsilon),
  mean: 0,
  variance: Math.PI ** 2 / 3,
  entropy: 2,
};

/** Logistic units with distribution function σ((z − location)/scale), `[…, units]`. */
export function logistic(parameters: {
  readonly location: ParameterLike;
  readonly scale: ParameterLike;
}): LocationScale {
  refuseUnknownParameters("logistic", parameters);
  return locationScale(standardLogistic, parameters.location, parameters.scale);
}
