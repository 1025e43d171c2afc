import type { OptimizerOptions } from "../model/defineModel";
import { objectiveText } from "../objectives/objective";
import type { RunSnapshot } from "../protocol/snapshot";
import type { RunManifest } from "./runFolder";
import type { RunOptions } from "./runOptions";
import type { RunRecords } from "./runRecords";
import { labelledGraph, optimizerText } from "./runText";
import { versions } from "./versions";

/** What a run is started with. */
export function runManifest(options: RunOptions, runId: string, optimizer: OptimizerOptions): RunManifest {
  const { prepared, exportName, dataFolder, steps, epochs, backend } = options;
  const { definition, instance, file, objective, estimatorText, dataset, batchSize, numSamples, seed } = prepared;
  return {
    version: 1,
    ...{ runId, model: definition.name, file, exportName },
    ...{ objective: objectiveText(objective), estimator: estimatorText, optimizer: { ...optimizer } },
    ...{ dataset: dataset?.id ?? null, dataFolder, batchSize, samples: numSamples, seed },
    ...{ steps, epochs, backend, startedAt: new Date().toISOString() },
    parameters: instance.parameters.map(({ name, shape, source }) => ({ name, shape, ...(source ? { source } : {}) })),
    versions: versions(),
  };
}

/** Where a run stands when it begins. */
export interface Beginning {
  readonly step: number;
  /** Last step, null when open-ended. */
  readonly steps: number | null;
  readonly epoch: number;
  readonly learningRate: number;
  readonly runFolder: string | null;
  readonly before: RunRecords;
  readonly views: NonNullable<RunSnapshot["views"]>;
}

/** The snapshot of a run that has not taken a step yet, or not since it was resumed. */
export function firstSnapshot(
  { prepared, epochs, backend }: RunOptions,
  manifest: RunManifest,
  { step, steps, epoch, learningRate, runFolder, before, views }: Beginning,
): RunSnapshot {
  const { runId, model, file, exportName, objective, estimator, dataset, seed, batchSize } = manifest;
  return {
    ...{ runId, state: "starting", model, file, exportName, objective, estimator, dataset, backend, seed, batchSize },
    optimizer: optimizerText(manifest.optimizer as OptimizerOptions, learningRate),
    ...{ step, steps, epoch, epochs, stepsPerSecond: null, diagnosticsShare: null },
    ...before,
    ...{ graph: labelledGraph(prepared, prepared.specs), views, trunks: null, runFolder, message: null },
  };
}
