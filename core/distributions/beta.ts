import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { sumTo } from "../numerics/bernoulliLogProb";
import { elementwise } from "../numerics/special/elementwise";
import { digamma, logBeta } from "../numerics/special/gammaFunctions";
import { betaI, betaPaths } from "../numerics/special/incompleteBetaFunction";
import { logGamma } from "../numerics/special/scalar/logGamma";
import { log1p } from "../numerics/special/stableForms";
import { commonUnits, type ContinuousUnits, substream, sumUnits } from "./continuous";
import { gammaStreams, mayUnderflow, sampleGamma, sampleLogGamma, smallestPositive } from "./gammaSampler";
import { firstOutside, intervals, type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** The largest float32 below 1. */
const largestBelowOne = 1 - 2 ** -24;

/** Independent beta units. */
export interface Beta extends ContinuousUnits {
  readonly alpha: tf.Tensor;
  readonly beta: tf.Tensor;
}

/** Beta units with density zᵅ⁻¹(1 − z)ᵝ⁻¹/B(α, β), `[…, units]`. */
export function beta(parameters: { readonly alpha: ParameterLike; readonly beta: ParameterLike }): Beta {
  refuseUnknownParameters("beta", parameters);
  return make(
    tensorParameter("beta", "alpha", parameters.alpha, 1),
    tensorParameter("beta", "beta", parameters.beta, 1),
  );
}

function make(alpha: tf.Tensor, betaShape: tf.Tensor): Beta {
  const unitShape = commonUnits([alpha, betaShape], 1);
  const unitLogProb = (value: tf.Tensor): tf.Tensor => betaLogDensity(alpha, betaShape, value);
  const total = (): tf.Tensor => tf.add(alpha, betaShape);
  return {
    id: "beta",
    eventRank: 1,
    unitShape,
    parameters: { alpha, beta: betaShape },
    alpha,
    beta: betaShape,
    sample: (noise) =>
      tf.tidy(() => {
        const logarithms = mayUnderflow(alpha) || mayUnderflow(betaShape);
        const sampler = logarithms ? sampleLogGamma : sampleGamma;
        const { values, shape } = sampler(noise, unitShape, alpha);
        const other = sampler(substream(noise, gammaStreams), unitShape, betaShape).values;
        const out = new Float32Array(values.length);
        for (let i = 0; i < out.length; i++) {
          const [a, b] = [values[i]!, other[i]!];
          const share = logarithms ? 1 / (1 + Math.exp(b - a)) : a / (a + b);
          out[i] = share < smallestPositive ? smallestPositive : share > largestBelowOne ? largestBelowOne : share;
        }
        return tf.tensor(out, shape);
      }),
    logProb: (value) => sumUnits(unitLogProb(value)),
    unitLogProb,
    unitCdf: (value, upper = false) =>
      upper ? betaI(betaShape, alpha, tf.sub(1, value)) : betaI(alpha, betaShape, value),
    mean: () => tf.div(alpha, total()),
    variance: () => tf.div(tf.mul(alpha, betaShape), tf.mul(tf.square(total()), tf.add(total(), 1))),
    entropy: () => {
      const parts = tf.add(tf.mul(tf.sub(alpha, 1), digamma(alpha)), tf.mul(tf.sub(betaShape, 1), digamma(betaShape)));
      return sumUnits(tf.add(tf.sub(logBeta(alpha, betaShape), parts), tf.mul(tf.sub(total(), 2), digamma(total()))));
    },
    path: (value) =>
      customOp(
        "BetaPath",
        { alpha, beta: betaShape },
        (save) => {
          save([value, alpha, betaShape]);
          return value.clone();
        },
        (dy, [z, a, b]) => {
          const paths = betaPaths(a!, b!, z!);
          return {
            alpha: () => sumTo(tf.mul(dy, paths.a()), alpha.shape),
            beta: () => sumTo(tf.mul(dy, paths.b()), betaShape.shape),
          };
        },
      ),
    detached: () => make(detach(alpha), detach(betaShape)),
    problem: () => {
      for (const [name, tensor] of [
        ["alpha", alpha],
        ["beta", betaShape],
      ] as const) {
        const bad = firstOutside(tensor, intervals.above0);
        if (bad !== null) return `${name} lies above 0, got ${bad}`;
      }
      return null;
    },
    valueProblem: (value) => {
      const bad = firstOutside(value, intervals.insideUnit);
      return bad === null ? null : `values lie between 0 and 1, got ${bad}`;
    },
  };
}

/** (α − 1) log z + (β − 1) log(1 − z) − log B(α, β) per element, formed in double precision. */
function betaLogDensity(alpha: tf.Tensor, betaShape: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return customOp(
    "BetaLogDensity",
    { alpha, beta: betaShape, value },
    (save) => {
      save([alpha, betaShape, value]);
      return elementwise(
        (a, b, z) => (a - 1) * Math.log(z) + (b - 1) * Math.log1p(-z) + logGamma(a + b) - logGamma(a) - logGamma(b),
        alpha,
        betaShape,
        value,
      );
    },
    (dy, [a, b, z]) => ({
      alpha: () => sumTo(tf.mul(dy, tf.add(tf.sub(tf.log(z!), digamma(a!)), digamma(tf.add(a!, b!)))), alpha.shape),
      beta: () =>
        sumTo(tf.mul(dy, tf.add(tf.sub(log1p(tf.neg(z!)), digamma(b!)), digamma(tf.add(a!, b!)))), betaShape.shape),
      value: () =>
        sumTo(tf.mul(dy, tf.sub(tf.div(tf.sub(a!, 1), z!), tf.div(tf.sub(b!, 1), tf.sub(1, z!)))), value.shape),
    }),
    {
      plain: ({ alpha: a, beta: b, value: z }) =>
        tf.sub(tf.add(tf.mul(tf.sub(a, 1), tf.log(z)), tf.mul(tf.sub(b, 1), tf.log1p(tf.neg(z)))), logBeta(a, b)),
    },
  );
}
