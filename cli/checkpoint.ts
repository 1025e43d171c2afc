import { restoreEstimators, restoreParameters } from "../core/engine/checkpoint";
import type { Prepared } from "../core/engine/prepare";
import { readCheckpoint } from "../core/engine/runFolder";
import type { NodeEstimator } from "../core/estimators/estimator";

/**
 * Puts a run's parameters into the model and its baselines into the estimators.
 * @returns the step that comes next, whose batch and noise a measurement takes; 0 without a checkpoint
 */
export function applyCheckpoint(
  path: string | undefined,
  prepared: Prepared,
  estimators: ReadonlyMap<string, NodeEstimator> = prepared.estimators,
): number {
  if (path === undefined) return 0;
  const saved = readCheckpoint(path);
  restoreParameters(prepared.instance, prepared.definition.name, saved);
  restoreEstimators(estimators, saved.tensors);
  return Number(saved.metadata["step"] ?? 0);
}
