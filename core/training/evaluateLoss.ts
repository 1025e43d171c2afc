import { tf } from "../backends/tf";
import { nodeNoise } from "../distributions/distribution";
import type { ModelInstance } from "../graph/instance";
import { runTrace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import type { Noise } from "../random/noise";

/**
 * The loss of every row from exact draws, without gradients and whatever the estimators: `[B']` numbers, nats.
 *
 * @param data `[1, B', …]`
 */
export function evaluateLoss(
  instance: ModelInstance,
  objective: Objective,
  data: DataInputs,
  noise: Noise,
): Float32Array {
  const { numSamples: S, numRows } = noise.layout;
  const rows = tf.tidy(() => {
    const trace = runTrace(instance.functions, data, (site) => site.distribution.sample(nodeNoise(noise, site.name)));
    let total: tf.Tensor = tf.zeros([S, numRows]);
    for (const term of trace.terms) total = tf.add(total, term.value);
    if (objective.entropy)
      for (const node of trace.nodes.values()) total = tf.add(total, node.distribution.logProb(node.value));
    return objective.loss(total);
  });
  const values = rows.dataSync<"float32">().slice();
  rows.dispose();
  return values;
}
