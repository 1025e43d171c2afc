import { tf } from "../backends/tf";
import type { DataInputs } from "../model/defineModel";
import type { CheckTarget } from "../protocol/engine";
import type { CheckedAt } from "../protocol/bias";
import type { RunSnapshot } from "../protocol/snapshot";
import { restoreEstimators, restoreParameters } from "./checkpoint";
import { copyBaselines, freeze } from "./freeze";
import { loadModelFile, pickModel } from "./modelLoader";
import { prepare, type Prepared } from "./prepare";
import type { TrainingRun } from "./run";
import { readCheckpoint, readManifest } from "./runFolder";
import { labelledGraph } from "./runText";
import { objectiveText } from "../objectives/objective";

type Chosen = ReturnType<Prepared["chooseEstimators"]>;

/** A model at fixed parameters, ready to be measured. Dispose it. */
export interface CheckSubject {
  readonly prepared: Prepared;
  readonly exportName: string;
  readonly at: CheckedAt;
  readonly step: number;
  /** The estimator that the target trains with. */
  readonly driving: string;
  /** The training batch of `step`. */
  readonly data: DataInputs;
  /** Estimators with the target's baselines; the caller disposes them. */
  choose(text: string): Chosen;
  /** A view of the model without a run. */
  snapshot(backend: string): RunSnapshot;
  dispose(): void;
}

/** The run's parameters of now, kept while it trains on. */
export function subjectOfRun(run: TrainingRun): CheckSubject {
  const { estimator, step } = run.snapshot;
  return subjectOfNow({ ...run.measurable, driving: estimator, step });
}

/** A model that is trained, as it is now. */
export interface Now {
  readonly prepared: Prepared;
  readonly exportName: string;
  readonly estimators: Prepared["estimators"];
  /** The same as text. */
  readonly driving: string;
  readonly step: number;
}

/** A copy of a model's parameters and baselines of now. */
export function subjectOfNow({ prepared, exportName, estimators, driving, step }: Now): CheckSubject {
  // Baselines of now, too: those of the run learn with every step.
  const kept = prepared.chooseEstimators(driving);
  copyBaselines(estimators, kept.estimators);
  return subject(
    freeze(prepared),
    { exportName, at: "run", step, driving },
    (chosen) => copyBaselines(kept.estimators, chosen.estimators),
    () => disposeAll(kept),
  );
}

/** A model file as it begins. */
export async function subjectOfFile(target: Extract<CheckTarget, { kind: "file" }>): Promise<CheckSubject> {
  const loaded = loadModelFile(target.file);
  const { exportName, definition } = pickModel(loaded, target.exportName);
  const { dataFolder } = target;
  const prepared = await prepare(definition, loaded.file, dataFolder === undefined ? {} : { dataFolder });
  return subject(prepared, { exportName, at: "initial", step: 0, driving: prepared.estimatorText });
}

/** A run folder's last checkpoint. */
export async function subjectOfFolder({ runFolder }: Extract<CheckTarget, { kind: "folder" }>): Promise<CheckSubject> {
  const manifest = readManifest(runFolder);
  const saved = readCheckpoint(runFolder);
  const { tensors, metadata } = saved;
  const { definition } = pickModel(loadModelFile(manifest.file), manifest.exportName);
  const { objective, batchSize, samples, seed, dataset, dataFolder } = manifest;
  const estimator = metadata["estimator"] ?? manifest.estimator;
  const prepared = await prepare(definition, manifest.file, {
    ...{ estimator, objective, batchSize, samples, seed },
    ...(dataset === null ? {} : { dataset }),
    ...(dataFolder === null ? {} : { dataFolder }),
  });
  try {
    restoreParameters(prepared.instance, definition.name, saved);
  } catch (error) {
    prepared.dispose();
    throw error;
  }
  const step = Number(metadata["step"] ?? 0);
  const { exportName } = manifest;
  return subject(prepared, { exportName, at: "checkpoint", step, driving: prepared.estimatorText }, (chosen) =>
    restoreEstimators(chosen.estimators, tensors),
  );
}

/** A prepared model as what a check looks at. @param fill gives estimators the target's baselines */
export function subject(
  prepared: Prepared,
  about: Pick<CheckSubject, "exportName" | "at" | "step" | "driving">,
  fill: (chosen: Chosen) => void = () => undefined,
  alsoDispose: () => void = () => undefined,
): CheckSubject {
  const data = prepared.batch(about.step);
  return {
    ...about,
    prepared,
    data,
    choose(text) {
      const chosen = prepared.chooseEstimators(text);
      fill(chosen);
      return chosen;
    },
    snapshot: (backend) => stillSnapshot(prepared, about, backend),
    dispose() {
      tf.dispose(Object.values(data));
      alsoDispose();
      prepared.dispose();
    },
  };
}

export function disposeAll({ estimators }: Pick<Chosen, "estimators">): void {
  for (const estimator of estimators.values()) estimator.dispose();
}

function stillSnapshot(
  prepared: Prepared,
  { exportName, step, driving }: Pick<CheckSubject, "exportName" | "step" | "driving">,
  backend: string,
): RunSnapshot {
  const { definition, file, objective, dataset, seed, batchSize, specs } = prepared;
  return {
    runId: `check:${file}#${exportName}`,
    state: "stopped",
    model: definition.name,
    file,
    exportName,
    objective: objectiveText(objective),
    estimator: driving,
    optimizer: "",
    dataset: dataset?.id ?? null,
    backend,
    seed,
    batchSize,
    step,
    steps: null,
    epoch: 0,
    epochs: null,
    stepsPerSecond: null,
    diagnosticsShare: null,
    loss: [],
    evaluations: [],
    graph: labelledGraph(prepared, specs),
    variance: [],
    trunks: null,
    changes: [],
    runFolder: null,
    message: null,
  };
}
