import type { NodeEstimator } from "../estimators/estimator";
import type { ModelInstance } from "../graph/instance";
import type { Optimizer } from "../training/optimizers/optimizer";
import {
  checkpointTensors,
  firstNonFinite,
  restoreEstimators,
  restoreOptimizer,
  restoreParameters,
  type SavedCheckpoint,
} from "./checkpoint";
import { nonFinite } from "./explainNonFinite";
import type { RunFolder } from "./runFolder";
import type { RunLog } from "./runLog";

const INTERVAL_MS = 30_000;

/** Everything that training changes. */
export interface Trained {
  readonly instance: ModelInstance;
  readonly optimizer: Optimizer;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
}

/** Puts a checkpoint's values in place; gives its step. */
export function restoreTrained(
  { instance, optimizer, estimators }: Trained,
  model: string,
  saved: SavedCheckpoint,
): number {
  const { tensors, metadata } = saved;
  restoreParameters(instance, model, saved);
  restoreOptimizer(optimizer, tensors);
  restoreEstimators(estimators, tensors);
  return Number(metadata["step"] ?? 0);
}

/** Writes a run's checkpoints, each step's at most once. */
export class RunCheckpoints {
  private written = Date.now();

  /** @param step of the checkpoint that the run goes on from, -1 for none */
  constructor(
    private readonly folder: RunFolder | null,
    private step: number,
  ) {}

  get due(): boolean {
    return Date.now() - this.written > INTERVAL_MS;
  }

  /**
   * Logs what came before first.
   * @throws GradlensError naming a parameter that is not finite; nothing is then written
   */
  write({ instance, optimizer, estimators }: Trained, log: RunLog): void {
    this.written = Date.now();
    const { snapshot } = log;
    const { step } = snapshot;
    if (!this.folder || this.step === step) return;
    log.flush();
    const tensors = checkpointTensors(instance, optimizer, estimators);
    const bad = firstNonFinite(instance, tensors);
    if (bad !== null) throw nonFinite(`parameter "${bad}" holds values that are not finite after step ${step}`);
    this.folder.writeCheckpoint(step, tensors, {
      step: String(step),
      model: snapshot.model,
      estimator: snapshot.estimator,
      seed: String(snapshot.seed),
    });
    this.step = step;
  }
}
