import { tf } from "../backends/tf";
import { sequentialBatches } from "../data/batches";
import { binarizationStream, binarizeBatch } from "../data/binarize";
import type { Split } from "../data/dataset";
import type { EvaluationRecord } from "../protocol/snapshot";
import { Noise } from "../random/noise";
import { evaluateLoss } from "../training/evaluateLoss";
import type { Prepared } from "./prepare";

/** S × B' values evaluated at once. */
const MAX_ROWS = 2000;
/** Evaluations draw from keys that no training step uses. */
export const EVALUATION_STEP = 2 ** 31;

/**
 * Mean loss over a split (or its first `limit` examples), with the standard error of the mean over examples.
 * Yields between batches, so that an engine stays responsive; returns null when told to stop.
 */
export async function evaluateSplit(
  prepared: Prepared,
  name: string,
  split: Split,
  step: number,
  samples: number,
  limit: number,
  stop: () => boolean,
): Promise<EvaluationRecord | null> {
  const { instance, objective, dataset, seed } = prepared;
  const batchSize = Math.max(1, Math.min(100, Math.floor(MAX_ROWS / samples)));
  const losses: number[] = [];
  let index = 0;
  for (const raw of sequentialBatches(split, batchSize)) {
    if (losses.length >= limit) break;
    if (stop()) return null;
    const batch = binarizeBatch(
      raw,
      dataset?.binarization ?? "none",
      binarizationStream(seed, EVALUATION_STEP + index),
    );
    const noise = new Noise({
      seed,
      step: EVALUATION_STEP,
      numSamples: samples,
      numRows: batch.size,
      replicates: 1,
      firstReplicate: index,
    });
    const data = Object.fromEntries(
      Object.entries(batch.inputs).map(([key, { shape, values }]) => [key, tf.tensor(values, [1, ...shape])]),
    );
    losses.push(...evaluateLoss(instance, objective, data, noise));
    tf.dispose(Object.values(data));
    index++;
    await new Promise((next) => setImmediate(next));
  }
  const used = losses.slice(0, limit);
  const mean = used.reduce((total, value) => total + value, 0) / used.length;
  const variance = used.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, used.length - 1);
  return { step, name, value: mean, standardError: Math.sqrt(variance / used.length), samples };
}
