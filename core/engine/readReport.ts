import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { GradlensError } from "../errors";
import type { LintReport } from "../protocol/lints";
import type { BiasRecord } from "../protocol/bias";
import type { ComparisonRecord } from "../protocol/comparison";
import type { SweepRecord } from "../protocol/sweep";
import type { RolloutRecord } from "../protocol/trunks";
import type { AttributionRecord, ControlVariateRecord } from "../protocol/variance";
import {
  type Report,
  type ReportedParameter,
  type ReportedTrunks,
  reportVersion,
  type RunStart,
  type Versions,
} from "../report/report";
import {
  checkpointStep,
  listCheckpoints,
  readCheckpoint,
  readEvents,
  readManifest,
  readModelText,
  type RunManifest,
} from "./runFolder";
import { keptEvents, runRecords } from "./runRecords";

/**
 * A run's diagnosis from its folder, also while it goes on or after its engine was killed.
 * @throws GL1602 when the folder holds no run
 */
export function readReport(path: string): Report {
  const manifest = readManifest(path);
  for (const key of ["runId", "model", "file", "estimator", "objective"] as const)
    if (typeof manifest[key] !== "string")
      throw new GradlensError(
        "GL1602",
        `${path} is no run folder: its run.json has no ${key}; choose a folder that a training run made`,
      );
  const folder = resolve(path);
  const events = keptEvents(readEvents(folder));
  const parameters = parametersOf(manifest, folder);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape ?? []]));
  const records = <T>(type: string): T[] =>
    events.filter((event) => event.type === type).map(({ type: _, ...record }) => record as unknown as T);
  const starts = records<Partial<RunStart> & { readonly step: number; readonly versions?: Versions }>("start");
  const lastStart = events.findLastIndex(({ type }) => type === "start");
  const end = events.slice(lastStart + 1).find(({ type }) => type === "end");
  const { loss, evaluations, variance, changes } = runRecords(events, Infinity, shapes);
  return {
    kind: "gradlens-report",
    version: reportVersion,
    run: {
      runId: manifest.runId,
      folder,
      state: (end?.["state"] as Report["run"]["state"] | undefined) ?? "unfinished",
      message: (end?.["message"] as string | undefined) ?? null,
      model: manifest.model,
      file: manifest.file,
      exportName: manifest.exportName,
      objective: manifest.objective,
      estimator: manifest.estimator,
      optimizer: manifest.optimizer,
      dataset: manifest.dataset,
      batchSize: manifest.batchSize,
      samples: manifest.samples,
      seed: manifest.seed,
      step: events.reduce((most, { step }) => Math.max(most, step), 0),
      steps: manifest.steps,
      epochs: manifest.epochs,
      startedAt: manifest.startedAt,
      starts: starts.map(({ step, backend, versions }, index) => ({
        step,
        backend: backend ?? (index === 0 ? manifest.backend : null),
        versions: versions ?? null,
      })),
    },
    parameters,
    loss,
    evaluations,
    variance,
    attribution: records<AttributionRecord>("attribution"),
    controlVariates: records<ControlVariateRecord>("controlVariates"),
    changes,
    bias: records<BiasRecord>("bias"),
    biasChecks: records<BiasRecord>("biasCheck"),
    comparisons: records<ComparisonRecord>("comparison"),
    sweeps: sweepsOf(records<{ readonly records: readonly SweepRecord[] }>("sweeps")),
    trunks: records<ReportedTrunks>("trunks"),
    rollouts: records<RolloutRecord>("rollout"),
    lints: records<LintReport>("lints").at(-1) ?? null,
    checkpoints: listCheckpoints(folder).map((name) => ({
      file: `checkpoints/${name}`,
      step: checkpointStep(name),
      bytes: statSync(join(folder, "checkpoints", name)).size,
    })),
    modelText: readModelText(folder, manifest),
  };
}

/** The manifest's parameters; a run of a version that did not list them has them in its checkpoint. */
function parametersOf({ parameters }: RunManifest, folder: string): readonly ReportedParameter[] {
  if (parameters) return parameters;
  try {
    return Object.entries(readCheckpoint(folder).tensors)
      .filter(([name]) => !name.startsWith("optimizer:") && !name.startsWith("estimator:"))
      .map(([name, { shape }]) => ({ name, shape }));
  } catch (error) {
    if (error instanceof GradlensError) return []; // no checkpoint, or none that is whole
    throw error;
  }
}

/** Each event holds the last sweep of every kind, so that only those that are new in it are taken. */
function sweepsOf(events: readonly { readonly records: readonly SweepRecord[] }[]): readonly SweepRecord[] {
  const seen = new Map<string, SweepRecord>();
  for (const { records } of events) for (const record of records) seen.set(JSON.stringify(record), record);
  return [...seen.values()];
}
