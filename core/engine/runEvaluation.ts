import type { Workers } from "../diagnostics/chunks/chunks";
import type { NodeEstimator } from "../estimators/estimator";
import type { EvaluationRecord } from "../protocol/snapshot";
import { evaluateRefinement } from "./evaluateRefinement";
import { evaluateSplit } from "./evaluateSplit";
import { guard, type Prepared } from "./prepare";

/** Samples with which a multi-sample objective is evaluated (seed 1, section 5.1). */
const SAMPLES = 100;

interface EvaluationWish {
  readonly step: number;
  /** Examples of each set. */
  readonly limit: number;
  readonly final: boolean;
  readonly stop: () => boolean;
  /** Engines that take a share of the batches. */
  readonly workers?: Workers | undefined;
}

/** The evaluation that early stopping goes by. */
export function stoppingValue({ dataset, objective }: Prepared): string {
  return `${dataset?.valid ? "valid" : "test"}/${objective.id}`;
}

/**
 * The objective on the validation set, or on the test set where there is none or the run ends, and what the model's refinement adds.
 * @returns the value to stop by first; null without a data set and when told to stop
 */
export async function evaluateRun(
  prepared: Prepared,
  estimators: ReadonlyMap<string, NodeEstimator>,
  { step, limit, final, stop, workers }: EvaluationWish,
): Promise<readonly EvaluationRecord[] | null> {
  const { dataset, objective } = prepared;
  if (!dataset) return null;
  const samples = objective.additive ? 1 : objective.needs === "program-observe" ? SAMPLES : prepared.numSamples;
  const records: EvaluationRecord[] = [];
  for (const [name, split] of [
    ["valid", dataset.valid],
    ["test", final || !dataset.valid ? dataset.test : null],
  ] as const) {
    if (!split) continue;
    const title = `${name}/${objective.id}`;
    const record = await evaluateSplit(prepared, title, split, step, samples, limit, stop, workers);
    if (!record) return null;
    records.push(record);
  }
  const refined = guard(prepared.file, () => evaluateRefinement(prepared, estimators, step));
  return [...records, ...refined];
}
