import { tf } from "../backends/tf";
import { normalCdf } from "../numerics/special/errorFunctions";
import { type LocationScale, locationScale, type StandardUnit } from "./locationScale";
import { type MultivariateNormal, multivariateNormal, normalOfCovariance } from "./multivariateNormal";
import { oneOf, type ParameterLike } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

const halfLog2Pi = 0.5 * Math.log(2 * Math.PI);

const standardNormal: StandardUnit = {
  id: "normal",
  location: "mean",
  scale: "std",
  logDensity: (epsilon) => tf.sub(tf.mul(tf.square(epsilon), -0.5), halfLog2Pi),
  cdf: (epsilon, upper) => normalCdf(upper ? tf.neg(epsilon) : epsilon),
  mean: 0,
  variance: 1,
  entropy: halfLog2Pi + 0.5,
};

interface FullScale {
  readonly std?: ParameterLike;
  readonly scaleTril?: ParameterLike;
  readonly covariance?: ParameterLike;
}

/**
 * Normal units: independent with `mean` and `std` `[…, units]`, or one vector with full covariance: `covariance` `[…, units, units]`,
 * symmetric and positive definite, or its factor `scaleTril` L, lower triangular with a positive diagonal, of covariance L Lᵀ.
 */
export function normal(parameters: { readonly mean: ParameterLike; readonly std: ParameterLike }): LocationScale;
export function normal(
  parameters: { readonly mean: ParameterLike } & (
    { readonly scaleTril: ParameterLike } | { readonly covariance: ParameterLike }
  ),
): MultivariateNormal;
export function normal(parameters: FullScale & { readonly mean: ParameterLike }): LocationScale | MultivariateNormal {
  refuseUnknownParameters("normal", parameters);
  const { mean, std, scaleTril, covariance } = parameters;
  if (covariance !== undefined) {
    oneOf("normal", "std or scaleTril", std ?? scaleTril, "covariance", covariance);
    return normalOfCovariance(mean, covariance);
  }
  const scale = oneOf("normal", "std", std, "scaleTril", scaleTril);
  return "a" in scale ? locationScale(standardNormal, mean, scale.a) : multivariateNormal(mean, scale.b);
}
