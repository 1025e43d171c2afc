import { tf } from "../backends/tf";
import { nodeNoise } from "../distributions/distribution";
import type { ModelInstance } from "../graph/instance";
import { runTrace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import type { Noise } from "../random/noise";

/**
 * The sum of all terms of every sample from exact draws, without gradients and whatever the estimators: `[S, B']`, nats. Under an
 * objective with entropy its exponential, with the sign turned, is the importance weight p(x, h) / q(h | x).
 *
 * @param data `[1, B', …]`
 */
export function drawTotals(instance: ModelInstance, objective: Objective, data: DataInputs, noise: Noise): tf.Tensor {
  const { numSamples: S, numRows } = noise.layout;
  const trace = runTrace(instance.functions, data, (site) => site.distribution.sample(nodeNoise(noise, site.name)));
  let total: tf.Tensor = tf.zeros([S, numRows]);
  for (const term of trace.terms) total = tf.add(total, term.value);
  if (objective.entropy)
    for (const node of trace.nodes.values()) total = tf.add(total, node.distribution.logProb(node.value));
  return total;
}

/** The loss of every row from exact draws: `[B']` numbers, nats. */
export function evaluateLoss(
  instance: ModelInstance,
  objective: Objective,
  data: DataInputs,
  noise: Noise,
): Float32Array {
  const rows = tf.tidy(() => objective.loss(drawTotals(instance, objective, data, noise)));
  const values = rows.dataSync<"float32">().slice();
  rows.dispose();
  return values;
}
