import type { Split } from "../data/dataset";
import { openChunks, type Workers } from "../diagnostics/chunks/chunks";
import { settle } from "../diagnostics/sliced";
import type { EvaluationRecord } from "../protocol/snapshot";
import { evaluationBatch } from "./chunks/evaluationBatch";
import { type LossBatch, lossBatch } from "./chunks/lossBatch";
import type { Prepared } from "./prepare";

/** S × B' values evaluated at once. */
const MAX_ROWS = 2000;
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
  workers?: Workers,
): Promise<EvaluationRecord | null> {
  const { seed } = prepared;
  const batchSize = Math.max(1, Math.min(100, Math.floor(MAX_ROWS / samples)));
  const losses: number[] = [];
  const total = Math.ceil(Math.min(limit, split.size) / batchSize);
  const args = (index: number): LossBatch => {
    const batch = evaluationBatch(prepared, split, batchSize, index);
    return { ...batch, seed, samples, firstReplicate: index };
  };
  const chunks = openChunks({ kind: lossBatch, subject: { ...prepared, data: {}, sets: [] }, total, args }, workers);
  try {
    for (let index = 0; index < total; index++) {
      if (stop()) return null;
      losses.push(...(await settle(chunks.next())));
      await new Promise((next) => setImmediate(next));
    }
  } finally {
    chunks.close();
  }
  const used = losses.slice(0, limit);
  const mean = used.reduce((total, value) => total + value, 0) / used.length;
  const variance = used.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, used.length - 1);
  return { step, name, value: mean, standardError: Math.sqrt(variance / used.length), samples };
}
