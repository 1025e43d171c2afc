import { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { GradlensError } from "../errors";
import {
  exactDraw,
  type MeanField,
  type NodeEstimator,
  stateless,
  type SurrogateContext,
} from "../estimators/estimator";
import { meanFieldPass } from "../gradients/meanFieldPass";
import { type Evaluation, surrogateRows } from "../gradients/surrogate";
import { record } from "../gradients/tape";
import { closedForms } from "../gradients/closedForms";
import { sum, termsOf } from "../gradients/terms";
import type { ModelInstance } from "../graph/instance";
import type { Structure } from "../graph/structure";
import { runTrace } from "../graph/trace";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import type { TrunkLayer, TrunkRecord } from "../protocol/trunks";
import { Noise } from "../random/noise";
import { tileRows } from "./enumerate";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import { expandAtTrunk } from "./trunkExpansion";

export interface TrunksRequest {
  readonly instance: ModelInstance;
  readonly structure: Structure;
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

/** Draws and nothing else. */
const drawing: NodeEstimator = { ...stateless, entropyGradient: "none", draw: exactDraw, surrogate: () => null };

/**
 * Mean-field trunk beside sampled trunks for one example: every stochastic node with MuProp's expansion there, and the mean of every
 * observed one. The loss is that of S = 1, as an estimator sees it.
 */
export function measureTrunks(request: TrunksRequest): TrunkRecord {
  const { instance, structure, objective, images, example, samples, seed, step } = request;
  const layers: TrunkLayer[] = [];
  const losses: { meanField: number; sampled: Float32Array } = { meanField: 0, sampled: new Float32Array(0) };
  const evaluationOf = (rows: number): Evaluation => ({
    functions: instance.functions,
    structure,
    objective,
    estimators: new Map(structure.nodes.map((name) => [name, drawing])),
    data: tileRows(request.data, rows),
    noise: new Noise({
      ...{ seed, step, numSamples: 1, numRows: rows, replicates: rows },
      firstReplicate: DIAGNOSTIC_REPLICATE,
    }),
    training: false,
  });
  tf.tidy(() => {
    const one = evaluationOf(1);
    const trunk = runTrace(instance.functions, one.data, ({ distribution }) =>
      tf.broadcastTo(distribution.mean(), [1, 1, ...distribution.unitShape]),
    );
    const contexts = new Map<string, SurrogateContext>();
    const watch = (context: SurrogateContext): void => void contexts.set(context.node, context);
    const recorded = record(() => surrogateRows({ ...evaluationOf(samples), watch }));
    const { trace: sampled, loss } = recorded.value;
    const terms = termsOf(trunk, objective, [1, 1], closedForms(objective, structure));
    losses.meanField = sum([...terms.values()], [1, 1]).dataSync()[0]!;
    losses.sampled = loss.dataSync<"float32">().slice();
    const slopes = slopesAt(one);
    for (const { name, distribution, value } of sampled.nodes.values()) {
      const expansion = slopes && expandAtTrunk(contexts.get(name)!, slopes);
      layers.push({
        ...layer(name, distribution, trunk.nodes.get(name)!.value, value, undefined),
        ...(expansion ? { expansion } : {}),
      });
    }
    for (const term of sampled.terms) {
      if (term.kind !== "observe" || !term.distribution) continue;
      const atTrunk = trunk.terms.find(({ key }) => key === term.key)!.distribution!;
      layers.push(
        layer(
          term.name,
          term.distribution,
          tf.broadcastTo(atTrunk.mean(), [1, 1, ...atTrunk.unitShape]),
          tf.broadcastTo(term.distribution.mean(), [1, samples, ...term.distribution.unitShape]),
          images[term.name],
        ),
      );
    }
    recorded.release();
  });
  const mean = losses.sampled.reduce((total, value) => total + value / samples, 0);
  const variance = losses.sampled.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, samples - 1);
  return {
    step,
    example,
    samples,
    data: Object.entries(request.data).map(([name, x]) => ({
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

/** The mean-field pass as MuProp makes it, or null where the cost has no derivative there. */
function slopesAt(evaluation: Evaluation): MeanField | null {
  try {
    return meanFieldPass(evaluation, true);
  } catch (error) {
    if (!(error instanceof GradlensError)) throw error;
    return null;
  }
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
