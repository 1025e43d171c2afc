import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import type { StandardKind } from "../backends/fused/standardQuantiles";
import { tf } from "../backends/tf";
import { sumTo } from "../numerics/bernoulliLogProb";
import { commonUnits, type ContinuousUnits, sumUnits, zeroIfPositive } from "./continuous";
import { standardDraw } from "./standardDraw";
import { firstOutside, intervals, type ParameterLike, tensorParameter } from "./tensorParameter";

/** A standard variable ε; z = location + scale · ε. */
export interface StandardUnit {
  readonly id: StandardKind;
  readonly location: string;
  readonly scale: string;
  /** log p(ε). */
  logDensity(epsilon: tf.Tensor): tf.Tensor;
  /** F(ε), or 1 − F(ε) when `upper`. */
  cdf(epsilon: tf.Tensor, upper: boolean): tf.Tensor;
  readonly mean: number;
  readonly variance: number;
  /** Nats. */
  readonly entropy: number;
}

export interface LocationScale extends ContinuousUnits {
  /** `[…, units]`. */
  readonly location: tf.Tensor;
  /** Above 0, `[…, units]`. */
  readonly scale: tf.Tensor;
}

/** A distribution of independent units location + scale · ε, given by its standard variable. */
export function locationScale(
  standard: StandardUnit,
  givenLocation: ParameterLike,
  givenScale: ParameterLike,
): LocationScale {
  return make(
    standard,
    tensorParameter(standard.id, standard.location, givenLocation, 1),
    tensorParameter(standard.id, standard.scale, givenScale, 1),
  );
}

function make(standard: StandardUnit, location: tf.Tensor, scale: tf.Tensor): LocationScale {
  const unitShape = commonUnits([location, scale], 1);
  const unitLogProb = (value: tf.Tensor): tf.Tensor =>
    tf.sub(standard.logDensity(tf.div(tf.sub(value, location), scale)), tf.log(scale));
  return {
    id: standard.id,
    eventRank: 1,
    unitShape,
    parameters: { [standard.location]: location, [standard.scale]: scale },
    location,
    scale,
    sample: (noise) =>
      tf.tidy(() => {
        const epsilon = standardDraw(standard.id, noise.uniform(unitShape));
        return detach(tf.add(tf.add(location, zeroIfPositive(scale)), tf.mul(scale, epsilon)));
      }),
    logProb: (value) => sumUnits(unitLogProb(value)),
    unitLogProb,
    unitCdf: (value, upper = false) => standard.cdf(tf.div(tf.sub(value, location), scale), upper),
    mean: () =>
      standard.mean === 0 ? tf.add(location, tf.zerosLike(scale)) : tf.add(location, tf.mul(scale, standard.mean)),
    variance: () => tf.add(tf.mul(tf.square(scale), standard.variance), tf.zerosLike(location)),
    entropy: () => sumUnits(tf.add(tf.add(tf.log(scale), tf.zerosLike(location)), standard.entropy)),
    path: (value) =>
      customOp(
        "LocationScalePath",
        { location, scale },
        (save) => {
          save([value, location, scale]);
          return value.clone();
        },
        (dy, [z, l, s]) => ({
          location: () => sumTo(dy, location.shape),
          scale: () => sumTo(tf.mul(dy, tf.div(tf.sub(z!, l!), s!)), scale.shape),
        }),
        { plain: (own) => tf.add(own.location, tf.mul(own.scale, detach(tf.div(tf.sub(value, location), scale)))) },
      ),
    detached: () => make(standard, detach(location), detach(scale)),
    problem: () => {
      const place = firstOutside(location, intervals.finite);
      if (place !== null) return `${standard.location} is a finite number, got ${place}`;
      const width = firstOutside(scale, intervals.above0);
      return width === null ? null : `${standard.scale} lies above 0, got ${width}`;
    },
    valueProblem: (value) => {
      const bad = firstOutside(value, intervals.finite);
      return bad === null ? null : `values are finite numbers, got ${bad}`;
    },
  };
}
