import type { CompareRequest } from "../protocol/engine";
import type { ComparisonRecord } from "../protocol/comparison";
import { aboutSubject } from "./checkBias";
import { type CheckSubject, disposeAll } from "./checkSubject";
import { compareEstimators, servingEstimators } from "./compareEstimators";
import { inSlices, type SliceOptions } from "./inSlices";
import { asModelError } from "./modelLoader";

/** Draws and steps of warm-up where a request, or the command line, says nothing of them. */
export const comparisonDefaults = { draws: 20, biasDraws: 400, warmUp: 100 } as const;

export interface CompareProgress extends Omit<SliceOptions, "onProgress"> {
  readonly onProgress: (share: number, estimator: string) => void;
}

/** Compares estimators at a target's parameters under the same noise; those that cannot be compared are left out with the reason. */
export async function compare(
  subject: CheckSubject,
  {
    estimators,
    draws = comparisonDefaults.draws,
    biasDraws = comparisonDefaults.biasDraws,
    warmUp = comparisonDefaults.warmUp,
  }: Omit<CompareRequest, "target">,
  { signal, busy, onProgress, workersFor }: CompareProgress,
): Promise<ComparisonRecord> {
  const { prepared, step, data } = subject;
  const began = performance.now();
  const skipped: string[] = [];
  const leaveOut = (id: string, error: unknown): void =>
    void skipped.push(`${id}: ${asModelError(error, prepared.file).message}`);
  let current = "";
  const chosen = (estimators ?? servingEstimators(prepared)).flatMap((id) => {
    try {
      return [subject.choose(id)];
    } catch (error) {
      leaveOut(id, error);
      return [];
    }
  });
  try {
    const work = compareEstimators(prepared, chosen, {
      ...{ data, step, hasData: prepared.dataset !== null, draws, biasDraws, warmUp, workers: workersFor?.(prepared) },
      onEstimator: (id) => (current = id),
      onFailure: leaveOut,
    });
    const compared = await inSlices(work, { signal, busy, onProgress: (share) => onProgress(share, current) });
    return { ...aboutSubject(subject, performance.now() - began), warmUp, estimators: compared, skipped };
  } finally {
    chosen.forEach(disposeAll);
  }
}
