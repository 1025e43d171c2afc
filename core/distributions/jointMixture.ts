import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { gradients, record } from "../gradients/tape";
import { broadcastShape } from "../numerics/special/elementwise";
import { triangularSolve } from "../numerics/triangularSolve";
import { commonUnits, type ContinuousUnits, substream } from "./continuous";
import type { Mixture } from "./mixture";
import { logitsProblem, movementOf, oneHotChoice, supportOf } from "./mixtureChoice";

/** First stream of a component, leaving room for its own. */
const streamsPerComponent = 256;

/** A mixture whose draws take all units from one of M component distributions over `[…, units]`; `logits` is `[…, M]`. */
export function jointMixture(logits: tf.Tensor, components: readonly ContinuousUnits[]): Mixture {
  const M = components.length;
  const parameters = Object.fromEntries(
    components.flatMap((component, m) =>
      Object.entries(component.parameters).map(([name, tensor]) => [`${name}${m}`, tensor] as const),
    ),
  );
  const unitShape = commonUnits(Object.values(parameters), 1);
  const weights = (): tf.Tensor => tf.softmax(tf.add(logits, tf.zeros([M])));
  const logWeights = (): tf.Tensor => tf.logSoftmax(tf.add(logits, tf.zeros([M])));
  /** Weighted mean over components of tensors `[…, units]`. */
  const average = (each: readonly tf.Tensor[]): tf.Tensor =>
    tf.sum(tf.mul(tf.expandDims(weights(), -1), stack(each)), -2);
  const mean = (): tf.Tensor => average(components.map((component) => component.mean()));
  return {
    id: "mixture",
    support: supportOf(components[0]!),
    eventRank: 1,
    unitShape,
    parameters: { logits, ...parameters },
    sample: (noise) =>
      tf.tidy(() => {
        const all = stack(
          components.map((component, m) => component.sample(substream(noise, 1 + m * streamsPerComponent))),
        );
        const u = tf.squeeze(tf.slice(noise.uniform(unitShape), [0, 0, 0], [-1, -1, 1]), [-1]); // [S, B']
        return detach(tf.sum(tf.mul(all, tf.expandDims(oneHotChoice(weights(), u, M), -1)), -2));
      }),
    logProb: (value) =>
      tf.logSumExp(
        tf.add(logWeights(), tf.sum(stack(components.map((component) => component.unitLogProb(value))), -1)),
        -1,
      ),
    mean,
    variance: () =>
      tf.sub(
        average(components.map((component) => tf.add(component.variance(), tf.square(component.mean())))),
        tf.square(mean()),
      ),
    entropy: () => null,
    path(value) {
      // The distributional transform: unit u given those before it, S_u = Σ_m w_m(z_<u) F_mu(z_u), and dz = −(∂S/∂z)⁻¹ dS.
      const logDensities = stack(components.map((component) => component.unitLogProb(value))); // […, M, D]
      const [cdfs, uppers] = [false, true].map((upper) =>
        stack(components.map((component) => component.unitCdf(value, upper))),
      ) as [tf.Tensor, tf.Tensor];
      const before = tf.cumsum(logDensities, logDensities.rank - 1, true);
      const joint = tf.add(tf.expandDims(logWeights(), -1), before);
      const conditional = tf.exp(tf.sub(joint, tf.logSumExp(joint, -2, true))); // w_m(z_<u), […, M, D]
      const transform = tf.sum(tf.mul(conditional, cdfs), -2); // […, D]
      const jacobian = tf.tidy(() =>
        detach(
          jacobianOf(components, value, detach(conditional), detach(cdfs), detach(logDensities), detach(transform)),
        ),
      );
      const movement = movementOf(transform, tf.sum(tf.mul(conditional, uppers), -2));
      return tf.sub(value, triangularSolve(jacobian, movement));
    },
    detached: () =>
      jointMixture(
        detach(logits),
        components.map((component) => component.detached() as ContinuousUnits),
      ),
    problem: () =>
      logitsProblem(logits) ??
      components.map((component) => component.problem()).find((problem) => problem !== null) ??
      null,
    valueProblem: (value) => components[0]!.valueProblem(value),
  };
}

/** ∂S_u/∂z_v = Σ_m w_mu (F_mu − S_u) ∂log q_mv/∂z_v for v < u, and Σ_m w_mu q_mu(z_u) on the diagonal; `[…, D, D]`. */
function jacobianOf(
  components: readonly ContinuousUnits[],
  value: tf.Tensor,
  conditional: tf.Tensor,
  cdfs: tf.Tensor,
  logDensities: tf.Tensor,
  transform: tf.Tensor,
): tf.Tensor {
  const z = detach(value);
  const scores = stack(
    components.map((component) => {
      const pass = record(() => tf.sum(component.unitLogProb(z)));
      const [score] = gradients(pass.tape, pass.value, [z]);
      pass.release();
      return score ?? tf.zerosLike(z);
    }),
  );
  const D = value.shape[value.rank - 1]!;
  const shares = tf.mul(conditional, tf.sub(cdfs, tf.expandDims(transform, -2))); // […, M, D]
  const strict = tf.tensor2d(
    Float32Array.from({ length: D * D }, (_, i) => (i % D < Math.floor(i / D) ? 1 : 0)),
    [D, D],
  );
  const below = tf.mul(tf.sum(tf.mul(tf.expandDims(shares, -1), tf.expandDims(scores, -2)), -3), strict);
  const diagonal = tf.maximum(tf.sum(tf.mul(conditional, tf.exp(logDensities)), -2), 2 ** -126);
  return tf.add(below, tf.mul(tf.expandDims(diagonal, -1), tf.eye(D)));
}

/** Tensors `[…, D]` broadcast to one shape and put on a new axis before the last, `[…, M, D]`. */
function stack(each: readonly tf.Tensor[]): tf.Tensor {
  const shape = [...broadcastShape(each)];
  return tf.stack(
    each.map((x) => tf.broadcastTo(x, shape)),
    -2 + shape.length + 1,
  );
}
