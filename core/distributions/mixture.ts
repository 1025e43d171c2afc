import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { broadcastShape } from "../numerics/special/elementwise";
import { type Continuous, type ContinuousUnits, hasUnits, substream, sumUnits } from "./continuous";
import type { Distribution } from "./distribution";
import { jointMixture } from "./jointMixture";
import { logitsProblem, movementOf, oneHotChoice, type Support, supportOf } from "./mixtureChoice";
import { type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** A weighted sum of distributions of real units. */
export interface Mixture extends Continuous {
  variance(): tf.Tensor;
  /** Where the components' values lie: on the whole line, above 0, or between 0 and 1. */
  readonly support: Support;
}

/**
 * A mixture, with weights softmax(`logits`).
 *
 * - `components` one distribution of real units whose last axis is the component, `[…, units, M]`, and `logits` `[…, units, M]`:
 *   every unit of the value `[…, units]` chooses for itself. Parameters `[M]` make one unit.
 * - `components` a list of M distributions over `[…, units]`, and `logits` `[…, M]`: all units of a draw come from one component.
 */
export function mixture(parameters: {
  readonly logits: ParameterLike;
  readonly components: Distribution | readonly Distribution[];
}): Mixture {
  refuseUnknownParameters("mixture", parameters);
  const { components } = parameters;
  const list = Array.isArray(components) ? (components as readonly Distribution[]) : [components as Distribution];
  for (const component of list) {
    if (!hasUnits(component))
      throw new GradlensError(
        "GL1142",
        `mixture needs components of independent real units, such as normal with mean and std, got ${component.id}`,
      );
  }
  if (Array.isArray(components))
    return jointMixture(tensorParameter("mixture", "logits", parameters.logits, 1), list as readonly ContinuousUnits[]);
  return make(tensorParameter("mixture", "logits", parameters.logits, 2), list[0] as ContinuousUnits);
}

function make(logits: tf.Tensor, components: ContinuousUnits): Mixture & ContinuousUnits {
  const parameters = Object.values(components.parameters);
  const [units, M] = [...broadcastShape([logits, ...parameters])].slice(-2) as [number, number];
  const weights = (): tf.Tensor => tf.softmax(tf.add(logits, tf.zeros([M])));
  const logWeights = (): tf.Tensor => tf.logSoftmax(tf.add(logits, tf.zeros([M])));
  const unitLogProb = (value: tf.Tensor): tf.Tensor =>
    tf.logSumExp(tf.add(logWeights(), components.unitLogProb(tf.expandDims(value, -1))), -1);
  const unitCdf = (value: tf.Tensor, upper = false): tf.Tensor =>
    tf.sum(tf.mul(weights(), components.unitCdf(tf.expandDims(value, -1), upper)), -1);
  const mean = (): tf.Tensor => tf.sum(tf.mul(weights(), components.mean()), -1);
  return {
    id: "mixture",
    support: supportOf(components),
    eventRank: 1,
    unitShape: [units],
    parameters: { logits, ...components.parameters },
    sample: (noise) =>
      tf.tidy(() => {
        const all = components.sample(substream(noise, 1, [units])); // [S, B', units, M]
        return detach(tf.sum(tf.mul(all, oneHotChoice(weights(), noise.uniform([units]), M)), -1));
      }),
    logProb: (value) => sumUnits(unitLogProb(value)),
    unitLogProb,
    unitCdf,
    mean,
    variance: () =>
      tf.sub(
        tf.sum(tf.mul(weights(), tf.add(components.variance(), tf.square(components.mean()))), -1),
        tf.square(mean()),
      ),
    entropy: () => null,
    path(value) {
      const density = detach(tf.maximum(tf.exp(unitLogProb(value)), 2 ** -126));
      return tf.sub(value, tf.div(movementOf(unitCdf(value), unitCdf(value, true)), density));
    },
    detached: () => make(detach(logits), components.detached() as ContinuousUnits),
    problem: () => logitsProblem(logits) ?? components.problem(),
    valueProblem: (value) => components.valueProblem(value),
  };
}
