import type { Split } from "../data/dataset";
import { openChunks, type Workers } from "../diagnostics/chunks/chunks";
import { settle } from "../diagnostics/sliced";
import type { EvaluationRecord } from "../protocol/snapshot";
import { evaluationBatch } from "./chunks/evaluationBatch";
import { type LikelihoodBatch, likelihoodBatch } from "./chunks/likelihoodBatch";
import { guardAsync, type Prepared } from "./prepare";

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
 * @param workers engines that take a share of the batches
 */
export async function evaluateLikelihood(
  prepared: Prepared,
  name: string,
  split: Split,
  step: number,
  samples: number,
  limit: number,
  stop: () => boolean,
  workers?: Workers,
): Promise<LikelihoodRecord | null> {
  const { seed } = prepared;
  const losses: number[] = [];
  const effective: number[] = [];
  const total = Math.ceil(Math.min(limit, split.size) / BATCH);
  const args = (index: number): LikelihoodBatch => {
    const batch = evaluationBatch(prepared, split, BATCH, index);
    return { ...batch, seed, samples, firstReplicate: index };
  };
  const chunks = openChunks(
    { kind: likelihoodBatch, subject: { ...prepared, data: {}, sets: [] }, total, args },
    workers,
  );
  try {
    for (let index = 0; index < total; index++) {
      if (stop()) return null;
      const rows = await guardAsync(prepared.file, () => settle(chunks.next()));
      losses.push(...rows.values);
      effective.push(...rows.effectiveSamples);
      await new Promise((next) => setImmediate(next));
    }
  } finally {
    chunks.close();
  }
  const used = losses.slice(0, limit);
  const examples = used.length;
  const value = used.reduce((total, loss) => total + loss, 0) / examples;
  const variance = used.reduce((total, loss) => total + (loss - value) ** 2, 0) / Math.max(1, examples - 1);
  const effectiveSamples = effective.slice(0, limit).reduce((total, size) => total + size, 0) / examples;
  const standardError = Math.sqrt(variance / examples);
  return { step, name, value, standardError, samples, examples, effectiveSamples, perExample: used };
}
