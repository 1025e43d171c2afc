import { tf } from "../backends/tf";
import { type Distribution, nodeNoise } from "../distributions/distribution";
import type { ModelInstance } from "../graph/instance";
import { runTrace, type Trace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import type { TrunkLayer, TrunkRecord } from "../protocol/snapshot";
import { Noise } from "../random/noise";

export interface TrunksRequest {
  readonly instance: ModelInstance;
  readonly objective: Objective;
  /** One example, `[1, 1, …]`. */
  readonly data: DataInputs;
  /** Width and height of data inputs that are images. */
  readonly images: Readonly<Record<string, readonly [number, number] | undefined>>;
  readonly example: number;
  readonly samples: number;
  readonly seed: number;
  readonly step: number;
}

/** Mean-field trunk beside sampled trunks for one example: every stochastic node, and the mean of every observed one. */
export function measureTrunks(request: TrunksRequest): TrunkRecord {
  const { instance, objective, data, images, example, samples, seed, step } = request;
  const layers: TrunkLayer[] = [];
  const noise = new Noise({ seed, step, numSamples: samples, numRows: 1, replicates: 1, firstReplicate: 0 });
  const losses: { meanField: number; sampled: Float32Array } = { meanField: 0, sampled: new Float32Array(0) };
  tf.tidy(() => {
    const trunk = runTrace(instance.functions, data, ({ distribution }) =>
      tf.broadcastTo(distribution.mean(), [1, 1, ...distribution.unitShape]),
    );
    const sampled = runTrace(instance.functions, data, ({ name, distribution }) =>
      distribution.sample(nodeNoise(noise, name)),
    );
    losses.meanField = rowLosses(trunk, objective, 1)[0]!;
    losses.sampled = rowLosses(sampled, objective, samples);
    for (const node of sampled.nodes.values())
      layers.push(layer(node.name, node.distribution, trunk.nodes.get(node.name)!.value, node.value, undefined));
    for (const term of sampled.terms) {
      if (term.kind !== "observe" || !term.distribution) continue;
      const atTrunk = trunk.terms.find(({ key }) => key === term.key)!.distribution!;
      const shape = [samples, 1, ...term.distribution.unitShape];
      layers.push(
        layer(
          term.name,
          term.distribution,
          tf.broadcastTo(atTrunk.mean(), [1, 1, ...atTrunk.unitShape]),
          tf.broadcastTo(term.distribution.mean(), shape),
          images[term.name],
        ),
      );
    }
  });
  const mean = losses.sampled.reduce((total, value) => total + value / samples, 0);
  const variance = losses.sampled.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, samples - 1);
  return {
    step,
    example,
    samples,
    data: Object.entries(data).map(([name, x]) => ({
      name,
      shape: x.shape.slice(2),
      values: x.dataSync<"float32">().slice(),
      ...(images[name] ? { image: images[name] } : {}),
    })),
    layers,
    meanFieldLoss: losses.meanField,
    sampledLoss: mean,
    sampledLossStandardError: Math.sqrt(variance / samples),
  };
}

/** The loss of every sample by itself, S = 1 each. */
function rowLosses(trace: Trace, objective: Objective, samples: number): Float32Array {
  let total: tf.Tensor = tf.zeros([samples, 1]);
  for (const term of trace.terms) total = tf.add(total, term.value);
  if (objective.entropy)
    for (const node of trace.nodes.values()) total = tf.add(total, node.distribution.logProb(node.value));
  return total.dataSync<"float32">().slice();
}

function layer(
  node: string,
  distribution: Distribution,
  meanField: tf.Tensor,
  values: tf.Tensor,
  image: readonly [number, number] | undefined,
): TrunkLayer {
  const trunk = meanField.dataSync<"float32">().slice();
  const all = values.dataSync<"float32">();
  const size = trunk.length;
  const samples = all.length / size;
  const sampleMean = new Float32Array(size);
  let squared = 0;
  let noise = 0;
  for (let unit = 0; unit < size; unit++) {
    let mean = 0;
    for (let s = 0; s < samples; s++) mean += all[s * size + unit]! / samples;
    let variance = 0;
    for (let s = 0; s < samples; s++) variance += (all[s * size + unit]! - mean) ** 2 / Math.max(1, samples - 1);
    sampleMean[unit] = mean;
    squared += (trunk[unit]! - mean) ** 2 / size;
    noise += variance / samples / size;
  }
  return {
    node,
    distribution: distribution.id,
    shape: distribution.unitShape,
    ...(image && image[0] * image[1] === size ? { image } : {}),
    meanField: trunk,
    sample: all.slice(0, size),
    sampleMean,
    distance: Math.sqrt(squared),
    distanceNoise: Math.sqrt(noise),
  };
}
