import type { CompareRequest } from "../protocol/engine";
import type { ComparedEstimator, ComparisonRecord } from "../protocol/snapshot";
import { aboutSubject } from "./checkBias";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { compareOne, servingEstimators } from "./compareEstimators";
import { inSlices, type SliceOptions } from "./inSlices";
import { asModelError } from "./modelLoader";

/** What the command line draws, too. */
const DRAWS = 20;
const BIAS_DRAWS = 400;

export interface CompareProgress extends Omit<SliceOptions, "onProgress"> {
  readonly onProgress: (share: number, estimator: string) => void;
}

/** Compares estimators at a target's parameters under the same noise; those that were not asked for by name may drop out. */
export async function compare(
  subject: CheckSubject,
  { estimators, draws = DRAWS, biasDraws = BIAS_DRAWS }: Omit<CompareRequest, "target">,
  { signal, busy, onProgress }: CompareProgress,
): Promise<ComparisonRecord> {
  const { prepared, step, data } = subject;
  const began = performance.now();
  const ids = estimators ?? servingEstimators(prepared);
  const request = { data, step, hasData: prepared.dataset !== null, draws, biasDraws };
  const compared: ComparedEstimator[] = [];
  const skipped: string[] = [];
  for (const [index, id] of ids.entries()) {
    const told = (share: number): void => onProgress((index + share) / ids.length, id);
    told(0);
    try {
      const chosen = subject.choose(id);
      try {
        const work = compareOne(prepared, chosen.text, chosen, request);
        compared.push(await inSlices(work, { signal, busy, onProgress: told }));
      } finally {
        disposeAll(chosen);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      skipped.push(`${id}: ${asModelError(error, prepared.file).message}`);
    }
  }
  const elapsedMs = performance.now() - began;
  return { ...aboutSubject(subject, elapsedMs), estimators: compared, skipped };
}
