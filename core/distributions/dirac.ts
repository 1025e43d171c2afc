import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { sumTo } from "../numerics/bernoulliLogProb";
import type { Continuous } from "./continuous";
import { firstOutside, intervals, type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/**
 * All probability at `value`, `[…, units]`: a deterministic unit as a distribution (seed 3, eq. 15 and appendix A). It has no
 * density; its log-probability counts as 0, so that a guide and a model that both use it have no divergence.
 */
export function dirac(parameters: { readonly value: ParameterLike }): Continuous {
  refuseUnknownParameters("dirac", parameters);
  return make(tensorParameter("dirac", "value", parameters.value, 1));
}

function make(value: tf.Tensor): Continuous {
  const unitShape = value.shape.slice(-1);
  return {
    id: "dirac",
    eventRank: 1,
    unitShape,
    parameters: { value },
    sample: (noise) => tf.tidy(() => detach(tf.broadcastTo(value, noise.uniform(unitShape).shape).clone())),
    logProb: (at) =>
      tf.tidy(() =>
        tf.zeros(tf.broadcast_util.assertAndGetBroadcastShape(at.shape.slice(0, -1), value.shape.slice(0, -1))),
      ),
    mean: () => value.clone(),
    variance: () => tf.zerosLike(value),
    entropy: () => tf.zeros(value.shape.slice(0, -1)),
    path: (at) =>
      customOp(
        "DiracPath",
        { value },
        () => at.clone(),
        (dy) => ({ value: () => sumTo(dy, value.shape) }),
      ),
    detached: () => make(detach(value)),
    problem: () => {
      const bad = firstOutside(value, intervals.finite);
      return bad === null ? null : `value is a finite number, got ${bad}`;
    },
    valueProblem: (at) => {
      const bad = firstOutside(at, intervals.finite);
      return bad === null ? null : `values are finite numbers, got ${bad}`;
    },
  };
}
