import { dirname } from "node:path";
import { type ChosenBackend, useBackend } from "../backends/registry";
import { GradlensError } from "../errors";
import type { TrainRequest } from "../protocol/engine";
import type { RunDelta } from "../protocol/snapshot";
import type { DebugEvents } from "./debug/stepDebugger";
import { fastestBackend } from "./fastestBackend";
import { loadModelFile, pickModel } from "./modelLoader";
import { type Prepared, prepare } from "./prepare";
import { requireTestLikelihood } from "./requireTestLikelihood";
import { TrainingRun } from "./run";
import { readCheckpoint, readManifest } from "./runFolder";
import type { RunOptions } from "./runOptions";
import { defaultRunFolder } from "./runText";

/** Used when neither the request nor the model says how long to train. */
const DEFAULT_EPOCHS = 10;
const DEFAULT_STEPS_WITHOUT_DATA = 1000;
const DEFAULT_BUDGET = 0.1;
const EVALUATION_EXAMPLES = 500;

export interface StartOptions extends Partial<DebugEvents> {
  /** The current back end's id, or `auto`: the one that is fastest for this model. */
  readonly backend: string;
  /** Told what `auto` chose. */
  readonly onBackend?: (chosen: ChosenBackend) => void;
  readonly onDelta: (delta: RunDelta) => void;
  /** As for a run: ends the process so that the run goes on in a fresh one. */
  readonly abandon?: NonNullable<RunOptions["abandon"]>;
  readonly giveWay?: NonNullable<RunOptions["giveWay"]>;
  /** Write a run folder even when the request names none. */
  readonly folderByDefault: boolean;
  /** Examples of each split evaluated when the run ends; all when left out. */
  readonly finalEvaluationExamples?: number;
  /** Engines that share the evaluations when the run ends; none beside this one when left out. */
  readonly workers?: number;
}

/** Makes a run ready to start, new or from a run folder's last checkpoint. */
export async function startRun(request: TrainRequest, options: StartOptions): Promise<TrainingRun> {
  const resumed =
    request.resume === undefined
      ? null
      : { manifest: readManifest(request.resume), checkpoint: readCheckpoint(request.resume), folder: request.resume };
  const manifest = resumed?.manifest;
  const loaded = loadModelFile(manifest?.file ?? request.file);
  const { exportName, definition } = pickModel(loaded, manifest?.exportName ?? request.exportName);
  const optional = <K extends string, V>(name: K, value: V | null | undefined): { readonly [key in K]?: V } =>
    value === undefined || value === null ? {} : ({ [name]: value } as { readonly [key in K]: V });
  const dataFolder = request.dataFolder ?? manifest?.dataFolder ?? null;
  const prepared = await prepare(definition, loaded.file, {
    ...optional("estimator", request.estimator ?? resumed?.checkpoint.metadata["estimator"] ?? manifest?.estimator),
    ...optional("objective", manifest?.objective ?? request.objective),
    ...optional("dataset", manifest?.dataset ?? request.dataset),
    ...optional("dataFolder", dataFolder),
    ...optional("seed", manifest?.seed ?? request.seed),
    ...optional("batchSize", manifest?.batchSize ?? request.batchSize),
    ...optional("samples", manifest?.samples ?? request.samples),
  });
  try {
    const budget = request.diagnosticsBudget ?? DEFAULT_BUDGET;
    if (!(budget > 0 && budget < 1))
      throw new GradlensError("GL1630", `the diagnostics budget needs a share between 0 and 1, got ${budget}`, {
        usage: true,
      });
    for (const [name, value] of [
      ["steps", request.steps],
      ["epochs", request.epochs],
    ] as const) {
      if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
        throw new GradlensError("GL1631", `${name} needs a whole number above 0, got ${value}`, { usage: true });
    }
    if (request.learningRate !== undefined && !(request.learningRate > 0))
      throw new GradlensError("GL1632", `the learning rate needs a number above 0, got ${request.learningRate}`, {
        usage: true,
      });
    if (request.epochs !== undefined && !prepared.dataset)
      throw new GradlensError(
        "GL1633",
        `"${definition.name}" has no data set, so it has no epochs; give a number of steps instead`,
        {
          usage: true,
        },
      );
    refuseBiasChecks(request);
    if (request.likelihoodSamples !== undefined) requireTestLikelihood(prepared);
    const asked =
      request.steps !== undefined || request.epochs !== undefined
        ? { steps: request.steps ?? null, epochs: request.epochs ?? null }
        : null;
    const length =
      asked ??
      (manifest
        ? { steps: manifest.steps, epochs: manifest.epochs }
        : lengthOf(definition.options, prepared.dataset !== null));
    const chosen =
      options.backend === "auto" ? await chooseBackend(prepared, manifest?.backend, request.without) : null;
    if (chosen) options.onBackend?.(chosen);
    return new TrainingRun({
      prepared,
      exportName,
      backend: chosen?.id ?? options.backend,
      ...length,
      ...optional("learningRate", request.learningRate),
      dataFolder,
      runFolder:
        request.runFolder ??
        (options.folderByDefault ? (runId: string) => defaultRunFolder(dirname(loaded.file), runId) : null),
      diagnosticsInterval: request.diagnosticsInterval ?? null,
      diagnosticsBudget: budget,
      ...optional("biasChecks", request.biasChecks),
      evaluationExamples: EVALUATION_EXAMPLES,
      finalEvaluationExamples: options.finalEvaluationExamples ?? Infinity,
      ...optional("likelihoodSamples", request.likelihoodSamples),
      ...(resumed ? { resume: resumed } : {}),
      ...(request.debug
        ? { debug: { ...request.debug, onStop: options.onStop ?? ignore, onPrint: options.onPrint ?? ignore } }
        : {}),
      ...optional("workers", options.workers),
      ...optional("memoryLimitBytes", request.memoryLimitBytes),
      ...optional("abandon", options.abandon),
      ...optional("giveWay", options.giveWay),
      onDelta: options.onDelta,
    });
  } catch (error) {
    prepared.dispose();
    throw error;
  }
}

/** @throws GL1634 where checks beside training are asked for at no step, or without a budget */
function refuseBiasChecks({ biasChecks, diagnosticsInterval }: TrainRequest): void {
  if (biasChecks === undefined) return;
  const wrong =
    biasChecks === "continuous" ? undefined : biasChecks.find((step) => !(Number.isSafeInteger(step) && step > 0));
  if (wrong !== undefined)
    throw new GradlensError("GL1634", `checks of bias beside training need whole steps above 0, got ${wrong}`, {
      usage: true,
    });
  if (diagnosticsInterval === 0)
    throw new GradlensError(
      "GL1634",
      "checks of bias beside training are paid from the budget of diagnostics, which are off (an interval of 0 steps); leave that out",
      { usage: true },
    );
}

const ignore = (): void => undefined;

function lengthOf(
  options: { readonly steps?: number; readonly epochs?: number },
  hasData: boolean,
): { steps: number | null; epochs: number | null } {
  if (options.steps !== undefined) return { steps: options.steps, epochs: null };
  if (hasData) return { steps: null, epochs: options.epochs ?? DEFAULT_EPOCHS };
  return { steps: DEFAULT_STEPS_WITHOUT_DATA, epochs: null };
}

/** The back end of the run that goes on, since only there it goes on bit by bit; else the fastest. */
async function chooseBackend(
  prepared: Prepared,
  before: string | undefined,
  without: readonly string[] = [],
): Promise<ChosenBackend> {
  const same = before === undefined || without.includes(before) ? null : await useBackend(before).catch(() => null);
  return same ?? fastestBackend(prepared, undefined, without);
}
