import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { sumTo } from "../numerics/bernoulliLogProb";
import { elementwise } from "../numerics/special/elementwise";
import { digamma, lgamma } from "../numerics/special/gammaFunctions";
import { gammaP, gammaPath, gammaQ } from "../numerics/special/incompleteGammaFunction";
import { logGamma } from "../numerics/special/scalar/logGamma";
import { commonUnits, type ContinuousUnits, sumUnits, zeroIfPositive } from "./continuous";
import { sampleGamma, smallestPositive } from "./gammaSampler";
import { firstOutside, intervals, oneOf, type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** Independent gamma units. */
export interface Gamma extends ContinuousUnits {
  /** a, `[…, units]`. */
  readonly concentration: tf.Tensor;
  /** 1/rate, `[…, units]`. */
  readonly scale: tf.Tensor;
}

/**
 * Gamma units with density zᵃ⁻¹ e^(−z/θ) / (Γ(a) θᵃ), a = `concentration`, θ = `scale` = 1/`rate`, `[…, units]`.
 * Exponential: concentration 1; Erlang: whole concentrations; chi-squared with k degrees of freedom: concentration k/2, scale 2.
 */
export function gamma(
  parameters:
    | { readonly concentration: ParameterLike; readonly rate: ParameterLike }
    | { readonly concentration: ParameterLike; readonly scale: ParameterLike },
): Gamma {
  refuseUnknownParameters("gamma", parameters);
  const given = parameters as {
    readonly concentration: ParameterLike;
    readonly rate?: ParameterLike;
    readonly scale?: ParameterLike;
  };
  const concentration = tensorParameter("gamma", "concentration", given.concentration, 1);
  const chosen = oneOf("gamma", "rate", given.rate, "scale", given.scale);
  if ("b" in chosen) {
    const scale = tensorParameter("gamma", "scale", chosen.b, 1);
    return make(concentration, scale, { concentration, scale });
  }
  const rate = tensorParameter("gamma", "rate", chosen.a, 1);
  return make(concentration, tf.div(1, rate), { concentration, rate });
}

function make(concentration: tf.Tensor, scale: tf.Tensor, parameters: Readonly<Record<string, tf.Tensor>>): Gamma {
  const unitShape = commonUnits([concentration, scale], 1);
  const unitLogProb = (value: tf.Tensor): tf.Tensor => gammaLogDensity(concentration, scale, value);
  return {
    id: "gamma",
    eventRank: 1,
    unitShape,
    parameters,
    concentration,
    scale,
    sample: (noise) =>
      tf.tidy(() => {
        const { values, shape } = sampleGamma(noise, unitShape, concentration);
        const value = tf.maximum(tf.mul(tf.tensor(new Float32Array(values), shape), scale), smallestPositive);
        return detach(tf.add(value, tf.add(zeroIfPositive(concentration), zeroIfPositive(scale))));
      }),
    logProb: (value) => sumUnits(unitLogProb(value)),
    unitLogProb,
    unitCdf: (value, upper = false) => (upper ? gammaQ : gammaP)(concentration, tf.div(value, scale)),
    mean: () => tf.mul(concentration, scale),
    variance: () => tf.mul(concentration, tf.square(scale)),
    entropy: () => {
      const shapeTerm = tf.add(
        tf.add(concentration, lgamma(concentration)),
        tf.mul(tf.sub(1, concentration), digamma(concentration)),
      );
      return sumUnits(tf.add(shapeTerm, tf.log(scale)));
    },
    path: (value) =>
      customOp(
        "GammaPath",
        { concentration, scale },
        (save) => {
          save([value, concentration, scale]);
          return value.clone();
        },
        (dy, [z, a, theta]) => ({
          concentration: () =>
            sumTo(tf.mul(dy, tf.mul(theta!, gammaPath(a!, tf.div(z!, theta!)))), concentration.shape),
          scale: () => sumTo(tf.mul(dy, tf.div(z!, theta!)), scale.shape),
        }),
      ),
    detached: () => make(detach(concentration), detach(scale), parameters),
    problem: () => {
      for (const [name, tensor] of Object.entries(parameters)) {
        const bad = firstOutside(tensor, intervals.above0);
        if (bad !== null) return `${name} lies above 0, got ${bad}`;
      }
      return null;
    },
    valueProblem: (value) => {
      const bad = firstOutside(value, intervals.above0);
      return bad === null ? null : `values lie above 0, got ${bad}`;
    },
  };
}

/** (a − 1) log z − z/θ − log Γ(a) − a log θ per element, formed in double precision so that large shapes keep their digits. */
function gammaLogDensity(concentration: tf.Tensor, scale: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return customOp(
    "GammaLogDensity",
    { concentration, scale, value },
    (save) => {
      save([concentration, scale, value]);
      return elementwise(
        (a, theta, z) => (a - 1) * Math.log(z) - z / theta - logGamma(a) - a * Math.log(theta),
        concentration,
        scale,
        value,
      );
    },
    (dy, [a, theta, z]) => ({
      concentration: () =>
        sumTo(tf.mul(dy, tf.sub(tf.sub(tf.log(z!), tf.log(theta!)), digamma(a!))), concentration.shape),
      scale: () => sumTo(tf.mul(dy, tf.div(tf.sub(tf.div(z!, theta!), a!), theta!)), scale.shape),
      value: () => sumTo(tf.mul(dy, tf.sub(tf.div(tf.sub(a!, 1), z!), tf.div(1, theta!))), value.shape),
    }),
    {
      plain: ({ concentration: a, scale: theta, value: z }) =>
        tf.sub(tf.sub(tf.mul(tf.sub(a, 1), tf.log(z)), tf.div(z, theta)), tf.add(lgamma(a), tf.mul(a, tf.log(theta)))),
    },
  );
}
