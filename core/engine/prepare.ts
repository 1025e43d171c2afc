import { tf } from "../backends/tf";
import { batchAt } from "../data/batches";
import { binarizationStream, binarizeBatch } from "../data/binarize";
import type { Dataset } from "../data/dataset";
import { resolveDataFolder } from "../data/files";
import { dataset as findDataset } from "../data/registry";
import type { Sliced } from "../diagnostics/sliced";
import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import {
  chooseEstimators,
  createNodeEstimators,
  type EstimatorSpec,
  parseEstimator,
  parseEstimatorChoice,
  specText,
} from "../estimators/estimatorSpec";
import { refuseFewSamples, refuseUnsuited } from "../estimators/refuseUnsuited";
import { ModelInstance } from "../graph/instance";
import { refuseMixedRows } from "../graph/refuseMixedRows";
import { analyse, type Structure } from "../graph/structure";
import type { DataInputs, ModelDefinition } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import { refuseForm } from "../objectives/refuseForm";
import { objective as findObjective } from "../objectives/registry";
import { asModelError } from "./modelLoader";

/** What a command or a request may say over the model file. */
export interface Overrides {
  readonly estimator?: string;
  readonly objective?: string;
  readonly samples?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly dataset?: string;
  readonly dataFolder?: string;
}

/** A model ready to be evaluated: parameters made, structure known, estimators chosen, data loaded. Dispose it. */
export interface Prepared {
  readonly definition: ModelDefinition;
  readonly file: string;
  readonly instance: ModelInstance;
  readonly structure: Structure;
  readonly objective: Objective;
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** The estimators as text: one id, or NODE=ID,… */
  readonly estimatorText: string;
  readonly dataset: Dataset | null;
  readonly batchSize: number;
  readonly numSamples: number;
  readonly seed: number;
  /** The training batch of a step, `[1, B, …]`, or its first examples only; the caller owns the tensors. */
  batch(step: number, examples?: number): DataInputs;
  /** The examples that the model was traced with, `[1, 1 or 2, …]`; the caller owns the tensors. */
  probe(): DataInputs;
  /** Estimators for the same model by another text; the caller disposes them. */
  chooseEstimators(text: string | null): {
    readonly specs: ReadonlyMap<string, EstimatorSpec>;
    readonly estimators: Map<string, NodeEstimator>;
    readonly text: string;
  };
  dispose(): void;
}

/** The estimators that a run trains with now. */
export type Training = Pick<Prepared, "specs" | "estimators">;

/** Data sets are the same whatever the run's seed, so that figures of different seeds compare. */
const DATA_SEED = 0;

/** Resolves options (command line over model file over defaults), loads data and traces the model once. */
export async function prepare(definition: ModelDefinition, file: string, overrides: Overrides = {}): Promise<Prepared> {
  const { options } = definition;
  const seed = requireWhole("seed", overrides.seed, options.seed ?? 0, 0);
  const dataset = await chooseDataset(overrides, options.data);
  const batchSize = requireWhole("batch", overrides.batchSize, dataset ? (options.batchSize ?? 100) : 1, 1);
  if (dataset && batchSize > dataset.train.size) {
    throw new GradlensError(
      "GL2041",
      `a batch of ${batchSize} is larger than the ${dataset.train.size} training examples of ${dataset.id}; lower --batch`,
      { usage: overrides.batchSize !== undefined },
    );
  }

  const instance = guard(file, () => new ModelInstance(definition, seed));
  try {
    const batch = (step: number, examples?: number): DataInputs =>
      dataset ? toTensors(dataset, batchSize, seed, step, examples) : {};
    const probe = (): DataInputs => (dataset ? toTensors(dataset, Math.min(batchSize, 2), seed, 0) : {});
    const structure = guard(file, () => {
      const examples = probe();
      try {
        return analyse(instance, examples);
      } finally {
        tf.dispose(Object.values(examples));
      }
    });
    const objective = chooseObjective(definition, instance, structure, overrides.objective);
    const modelChoice = ofModelFile(() =>
      options.estimator === undefined ? null : parseEstimatorChoice(options.estimator),
    );
    ofModelFile(() => [...structure.asked.values()].map(parseEstimator));
    const choose = (
      text: string | null,
    ): { specs: ReadonlyMap<string, EstimatorSpec>; estimators: Map<string, NodeEstimator>; text: string } => {
      const asked = text === null ? null : parseEstimatorChoice(text);
      const pick = (): ReadonlyMap<string, EstimatorSpec> =>
        chooseEstimators(structure.distributions, structure.asked, asked, modelChoice, objective.id);
      const specs = asked === null ? ofModelFile(pick) : pick();
      refuseUnsuited(specs, structure, structure.distributions, objective.id, asked !== null);
      return { specs, estimators: createNodeEstimators(specs), text: specText(specs) };
    };
    const chosen = choose(overrides.estimator ?? null);
    const needed = Math.max(
      objective.defaultSamples,
      ...[...chosen.specs.values()].map(({ estimator }) => estimator.minSamples ?? 1),
    );
    const numSamples = requireWhole("samples", overrides.samples, options.samples ?? needed, 1);
    refuseFewSamples(chosen.specs, numSamples, overrides.samples !== undefined);
    guard(file, () => {
      const examples = probe();
      try {
        refuseMixedRows(instance, examples, numSamples);
      } finally {
        tf.dispose(Object.values(examples));
      }
    });
    return {
      definition,
      file,
      instance,
      structure,
      objective,
      specs: chosen.specs,
      estimators: chosen.estimators,
      estimatorText: chosen.text,
      dataset,
      batchSize,
      numSamples,
      seed,
      batch,
      probe,
      chooseEstimators: choose,
      dispose() {
        for (const estimator of chosen.estimators.values()) estimator.dispose();
        instance.dispose();
      },
    };
  } catch (error) {
    instance.dispose();
    throw error;
  }
}

/** Runs a model's own text; what it throws becomes one sentence at its line. */
export function guard<T>(file: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asModelError(error, file);
  }
}

/** The same for work that waits in between. */
export async function guardAsync<T>(file: string, run: () => Promise<T>): Promise<T> {
  return run().catch((error: unknown) => Promise.reject(asModelError(error, file)));
}

/** The same for sliced work. */
export function* guardSliced<T>(file: string, work: Sliced<T>): Sliced<T> {
  try {
    return yield* work;
  } catch (error) {
    throw asModelError(error, file);
  }
}

/** An error of what the model file asks for is the model's, not the command line's. */
function ofModelFile<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asModelFault(error);
  }
}

function asModelFault(error: unknown): unknown {
  if (!(error instanceof GradlensError) || !error.usage) return error;
  return new GradlensError(error.code, error.message, {
    ...(error.source ? { source: error.source } : {}),
    cause: error,
  });
}

async function chooseDataset(overrides: Overrides, inModelFile: string | undefined): Promise<Dataset | null> {
  if (overrides.dataset !== undefined) return loadDataset(overrides.dataset, overrides.dataFolder);
  if (inModelFile === undefined) return null;
  return loadDataset(inModelFile, overrides.dataFolder).catch((error: unknown) => Promise.reject(asModelFault(error)));
}

async function loadDataset(id: string, folder: string | undefined): Promise<Dataset> {
  return findDataset(id).load({ folder: resolveDataFolder(folder), seed: DATA_SEED });
}

function toTensors(dataset: Dataset, batchSize: number, seed: number, step: number, examples?: number): DataInputs {
  const batch = binarizeBatch(
    batchAt(dataset.train, batchSize, seed, step, examples),
    dataset.binarization,
    binarizationStream(seed, step),
  );
  return Object.fromEntries(
    Object.entries(batch.inputs).map(([name, { shape, values }]) => [name, tf.tensor(values, [1, ...shape])]),
  );
}

function chooseObjective(
  definition: ModelDefinition,
  instance: ModelInstance,
  structure: Structure,
  override: string | undefined,
): Objective {
  const isProgram = "program" in instance.functions;
  const id = override ?? definition.options.objective ?? (isProgram ? "expected-cost" : "elbo");
  const objective = override === undefined ? ofModelFile(() => findObjective(id)) : findObjective(id);
  const needsPair = objective.needs === "guide-model";
  if (needsPair === isProgram) {
    const has = isProgram ? "{ program }" : "{ guide, model }";
    const needs = needsPair ? "{ guide, model }" : "{ program }";
    const fitting = isProgram ? "expected-cost or structured-prediction" : "elbo or iwae";
    throw new GradlensError(
      "GL1306",
      `objective ${id} needs a model of ${needs}, but "${definition.name}" returns ${has}; use ${fitting}`,
      { usage: override !== undefined },
    );
  }
  if (
    objective.needs === "program-observe" &&
    ![...structure.upstream.keys()].some((key) => key.startsWith("observe:"))
  ) {
    throw new GradlensError(
      "GL1307",
      `objective ${id} needs observe(name, distribution, value) in the program of "${definition.name}"; add one, or use expected-cost`,
      { usage: override !== undefined },
    );
  }
  refuseForm(objective, structure, override !== undefined);
  return objective;
}

/** A whole number from the command line's option of that name, else from the model file's. */
function requireWhole(name: string, asked: number | undefined, inModelFile: number, least: number): number {
  const value = asked ?? inModelFile;
  if (!Number.isSafeInteger(value) || value < least) {
    throw new GradlensError(
      "GL1308",
      `${asked === undefined ? `the model's ${name}` : `--${name}`} needs a whole number of at least ${least}, got ${value}`,
      { usage: asked !== undefined },
    );
  }
  return value;
}
