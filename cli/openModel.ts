import { existsSync, readFileSync } from "node:fs";
import { type ChosenBackend, useBackend } from "../core/backends/registry";
import { loadModelFile, pickModel } from "../core/engine/modelLoader";
import { type Overrides, prepare, type Prepared } from "../core/engine/prepare";
import { readManifest, readModelText, runFolderOf } from "../core/engine/runFolder";
import { GradlensError } from "../core/errors";
import type { ModelOptions } from "./modelOptions";
import { modelReference } from "./modelReference";
import type { Terminal } from "./terminal";
import { objectiveText } from "../core/objectives/objective";

export interface OpenModel {
  readonly prepared: Prepared;
  readonly exportName: string;
  readonly backend: ChosenBackend;
}

/** Starts the back end, runs the model file and prepares the model. Dispose `prepared`. */
export async function openModel(reference: string, options: ModelOptions, terminal: Terminal): Promise<OpenModel> {
  const { file, exportName } = modelReference(reference);
  requireDataFolder(options.data);
  const backend = await useBackend(options.backend);
  const loaded = loadModelFile(file);
  const picked = pickModel(loaded, exportName);
  const prepared = await prepare(picked.definition, loaded.file, overrides(options));
  if (options.checkpoint !== undefined) tellOfChange(prepared, options.checkpoint, terminal);
  return { prepared, exportName: picked.exportName, backend };
}

/** Parameters may fit a text that is not the one they were trained with; those of a model of another name are refused later. */
function tellOfChange({ file, definition }: Prepared, checkpoint: string, terminal: Terminal): void {
  const folder = runFolderOf(checkpoint);
  if (folder === null) return;
  const manifest = readManifest(folder);
  if (manifest.model !== definition.name) return;
  const before = readModelText(folder, manifest);
  if (before !== "" && before !== readFileSync(file, "utf8"))
    terminal.err(
      `note: ${file} is not the text that the run of ${checkpoint} began with; the numbers are of the text as it is now`,
    );
}

/** @throws GL2003 when a data folder is named that does not exist */
export function requireDataFolder(folder: string | undefined): void {
  if (folder === undefined || existsSync(folder)) return;
  throw new GradlensError("GL2003", `the data folder ${folder} does not exist; create it or name another`, {
    usage: true,
  });
}

/** What the command line says over the model file. */
export function overrides(options: ModelOptions): Overrides {
  const { estimator, objective, samples, batch, seed, dataset, data } = options;
  return {
    ...(estimator === undefined ? {} : { estimator }),
    ...(objective === undefined ? {} : { objective }),
    ...(samples === undefined ? {} : { samples }),
    ...(batch === undefined ? {} : { batchSize: batch }),
    ...(seed === undefined ? {} : { seed }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(data === undefined ? {} : { dataFolder: data }),
  };
}

/** Fields that say what a command's numbers are about. */
export function about({ prepared, backend }: OpenModel, samples: number): Readonly<Record<string, unknown>> {
  return {
    model: prepared.definition.name,
    estimator: prepared.estimatorText,
    objective: objectiveText(prepared.objective),
    backend: backend.id,
    dataset: prepared.dataset?.id ?? null,
    batchSize: prepared.batchSize,
    samples,
    seed: prepared.seed,
  };
}

/** The same for people, in one line. */
export function aboutLine({ prepared, backend }: OpenModel, samples: number): string {
  const { definition, estimatorText, objective, dataset, batchSize, seed } = prepared;
  const parts = [
    estimatorText,
    objectiveText(objective),
    ...(dataset ? [dataset.id] : []),
    `batch ${batchSize}`,
    ...(samples > 1 ? [`${samples} samples`] : []),
    `seed ${seed}`,
    backend.id,
  ];
  return `${definition.name}: ${parts.join(" · ")}`;
}
