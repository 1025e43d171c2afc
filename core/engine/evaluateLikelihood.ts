import { tf } from "../backends/tf";
import { sequentialBatches } from "../data/batches";
import { binarizationStream, binarizeBatch } from "../data/binarize";
import type { Split } from "../data/dataset";
import type { EvaluationRecord } from "../protocol/snapshot";
import { testLikelihood } from "../training/testLikelihood";
import { EVALUATION_STEP } from "./evaluateSplit";
import { guard, type Prepared } from "./prepare";

/** Examples whose samples are drawn together. */
const BATCH = 20;

export interface LikelihoodRecord extends EvaluationRecord {
  readonly examples: number;
  /** Mean over examples of (Σ w)² / Σ w², the number of samples that an estimate leans on. */
  readonly effectiveSamples: number;
  /** −log p(x) of every example, in the split's order. */
  readonly perExample: readonly number[];
}

/**
 * −log p(x) by importance sampling, mean over a split's first `limit` examples, with the standard error of the mean over examples.
 * Yields between batches; returns null when told to stop.
 *
 * @param samples K of every example
 */
export async function evaluateLikelihood(
  prepared: Prepared,
  name: string,
  split: Split,
  step: number,
  samples: number,
  limit: number,
  stop: () => boolean,
): Promise<LikelihoodRecord | null> {
  const { instance, objective, dataset, seed } = prepared;
  const losses: number[] = [];
  const effective: number[] = [];
  let index = 0;
  for (const raw of sequentialBatches(split, BATCH)) {
    if (losses.length >= limit) break;
    if (stop()) return null;
    const stream = binarizationStream(seed, EVALUATION_STEP + index);
    const batch = binarizeBatch(raw, dataset?.binarization ?? "none", stream);
    const data = Object.fromEntries(
      Object.entries(batch.inputs).map(([key, { shape, values }]) => [key, tf.tensor(values, [1, ...shape])]),
    );
    try {
      const noise = { seed, step: EVALUATION_STEP, numRows: batch.size, firstReplicate: index };
      const rows = guard(prepared.file, () => testLikelihood({ instance, objective, data, samples, noise }));
      losses.push(...rows.values);
      effective.push(...rows.effectiveSamples);
    } finally {
      tf.dispose(Object.values(data));
    }
    index++;
    await new Promise((next) => setImmediate(next));
  }
  const used = losses.slice(0, limit);
  const examples = used.length;
  const value = used.reduce((total, loss) => total + loss, 0) / examples;
  const variance = used.reduce((total, loss) => total + (loss - value) ** 2, 0) / Math.max(1, examples - 1);
  const effectiveSamples = effective.slice(0, limit).reduce((total, size) => total + size, 0) / examples;
  const standardError = Math.sqrt(variance / examples);
  return { step, name, value, standardError, samples, examples, effectiveSamples, perExample: used };
}
