import { tf } from "../backends/tf";
import { normalCdf } from "../numerics/special/errorFunctions";
import { normalQuantile } from "../numerics/special/scalar/normalQuantile";
import { type LocationScale, locationScale, type StandardUnit } from "./locationScale";
import { type MultivariateNormal, multivariateNormal } from "./multivariateNormal";
import { oneOf, type ParameterLike } from "./tensorParameter";

const halfLog2Pi = 0.5 * Math.log(2 * Math.PI);

const standardNormal: StandardUnit = {
  id: "normal",
  location: "mean",
  scale: "std",
  quantile: normalQuantile,
  logDensity: (epsilon) => tf.sub(tf.mul(tf.square(epsilon), -0.5), halfLog2Pi),
  cdf: (epsilon, upper) => normalCdf(upper ? tf.neg(epsilon) : epsilon),
  mean: 0,
  variance: 1,
  entropy: halfLog2Pi + 0.5,
};

/**
 * Normal units: independent with `mean` and `std` `[…, units]`, or one vector with full covariance L Lᵀ, `scaleTril` L
 * `[…, units, units]` lower triangular with a positive diagonal.
 */
export function normal(parameters: { readonly mean: ParameterLike; readonly std: ParameterLike }): LocationScale;
export function normal(parameters: { readonly mean: ParameterLike; readonly scaleTril: ParameterLike }): MultivariateNormal;
export function normal(parameters: { readonly mean: ParameterLike; readonly std?: ParameterLike; readonly scaleTril?: ParameterLike }): LocationScale | MultivariateNormal {
  const scale = oneOf("normal", "std", parameters.std, "scaleTril", parameters.scaleTril);
  return "a" in scale ? locationScale(standardNormal, parameters.mean, scale.a) : multivariateNormal(parameters.mean, scale.b);
}
