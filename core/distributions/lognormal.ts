import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { sumTo } from "../numerics/bernoulliLogProb";
import { expm1 } from "../numerics/special/stableForms";
import { type ContinuousUnits, sumUnits, zeroIfPositive } from "./continuous";
import { smallestPositive } from "./gammaSampler";
import type { LocationScale } from "./locationScale";
import { normal } from "./normal";
import { firstOutside, intervals, type ParameterLike } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** Units whose logarithm is normal with mean `location` and standard deviation `scale`, `[…, units]`. */
export function lognormal(parameters: {
  readonly location: ParameterLike;
  readonly scale: ParameterLike;
}): ContinuousUnits {
  refuseUnknownParameters("lognormal", parameters);
  return make(normal({ mean: parameters.location, std: parameters.scale }));
}

function make(log: LocationScale): ContinuousUnits {
  const { location, scale } = log;
  const unitLogProb = (value: tf.Tensor): tf.Tensor => {
    const logValue = tf.log(value);
    return tf.sub(log.unitLogProb(logValue), logValue);
  };
  const mean = (): tf.Tensor => tf.exp(tf.add(location, tf.mul(tf.square(scale), 0.5)));
  return {
    id: "lognormal",
    eventRank: 1,
    unitShape: log.unitShape,
    parameters: { location, scale },
    sample: (noise) =>
      tf.tidy(() => detach(tf.add(tf.maximum(tf.exp(log.sample(noise)), smallestPositive), zeroIfPositive(scale)))),
    logProb: (value) => sumUnits(unitLogProb(value)),
    unitLogProb,
    unitCdf: (value, upper) => log.unitCdf(tf.log(value), upper),
    mean,
    variance: () => tf.mul(expm1(tf.square(scale)), tf.square(mean())),
    entropy: () => sumUnits(tf.add(tf.add(tf.log(scale), location), 0.5 * Math.log(2 * Math.PI) + 0.5)),
    path: (value) =>
      customOp(
        "LognormalPath",
        { location, scale },
        (save) => {
          save([value, location, scale]);
          return value.clone();
        },
        (dy, [z, l, s]) => ({
          location: () => sumTo(tf.mul(dy, z!), location.shape),
          scale: () => sumTo(tf.mul(tf.mul(dy, z!), tf.div(tf.sub(tf.log(z!), l!), s!)), scale.shape),
        }),
      ),
    detached: () => make(log.detached() as LocationScale),
    problem: () => log.problem()?.replace(/^mean/, "location").replace(/^std/, "scale") ?? null,
    valueProblem: (value) => {
      const bad = firstOutside(value, intervals.above0);
      return bad === null ? null : `values lie above 0, got ${bad}`;
    },
  };
}
