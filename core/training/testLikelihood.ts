import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import type { ModelInstance } from "../graph/instance";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import { Noise, type NoiseLayout } from "../random/noise";
import { drawTotals } from "./evaluateLoss";

/** Samples × rows evaluated at once, which bounds the memory whatever the number of samples. */
const MAX_ROWS = 2000;

export interface LikelihoodRequest {
  readonly instance: ModelInstance;
  readonly objective: Objective;
  /** `[1, B', …]`. */
  readonly data: DataInputs;
  /** K. */
  readonly samples: number;
  /** The noise of all samples; sample k has the same noise however many are drawn at once. */
  readonly noise: Omit<NoiseLayout, "numSamples" | "firstSample" | "replicates">;
  /** Samples drawn at once; as many as memory allows when left out. */
  readonly chunk?: number;
}

export interface RowLikelihoods {
  /** −log 1/K Σ_k w_k of every row, nats. */
  readonly values: Float64Array;
  /** (Σ w)² / Σ w² of every row, between 1 and K: how many samples the estimate leans on. */
  readonly effectiveSamples: Float64Array;
}

/**
 * −log p(x) of every row, estimated by −log 1/K Σ_k w_k with w_k = p(x, h_k) / q(h_k | x), h_k ~ q (seed 4, section 5; for
 * structured prediction w_k = p(y | h_k), h_k ~ p(h | x), seed 1, section 5.1). The mean of the estimate lies above −log p(x) and
 * falls towards it as K grows. Constant memory: the sum runs over chunks of samples in float64, about each row's largest weight.
 *
 * @throws GL1326 under an objective whose samples are no weights of a likelihood
 */
export function testLikelihood(request: LikelihoodRequest): RowLikelihoods {
  const { instance, objective, data, samples, noise } = request;
  requireLikelihood(objective);
  const { numRows } = noise;
  const chunk = request.chunk ?? Math.max(1, Math.floor(MAX_ROWS / numRows));
  const largest = new Float64Array(numRows).fill(-Infinity);
  const first = new Float64Array(numRows); // Σ w / largest
  const second = new Float64Array(numRows); // Σ (w / largest)²
  for (let firstSample = 0; firstSample < samples; firstSample += chunk) {
    const numSamples = Math.min(chunk, samples - firstSample);
    const layout = { ...noise, replicates: 1, numSamples, firstSample };
    const totals = tf.tidy(() => drawTotals(instance, objective, data, new Noise(layout)));
    const values = totals.dataSync<"float32">();
    for (let i = 0; i < values.length; i++) {
      const row = i % numRows;
      const logWeight = -values[i]!;
      if (logWeight === -Infinity) continue;
      if (logWeight > largest[row]!) {
        const shrink = Math.exp(largest[row]! - logWeight);
        first[row] = first[row]! * shrink + 1;
        second[row] = second[row]! * shrink * shrink + 1;
        largest[row] = logWeight;
      } else {
        const weight = Math.exp(logWeight - largest[row]!);
        first[row]! += weight;
        second[row]! += weight * weight;
      }
    }
    totals.dispose();
  }
  return {
    values: largest.map((top, row) => Math.log(samples) - top - Math.log(first[row]!)),
    effectiveSamples: first.map((sum, row) => (sum * sum) / second[row]!),
  };
}

/** @throws GL1326 where the objective's samples are no weights of a likelihood */
export function requireLikelihood(objective: Objective, asked = true): void {
  if (objective.needs !== "program") return;
  throw new GradlensError(
    "GL1326",
    `objective ${objective.id} has no likelihood of the data; use a model of { guide, model }, or structured-prediction`,
    { usage: asked },
  );
}
