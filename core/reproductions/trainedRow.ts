import { batchesPerEpoch } from "../data/batches";
import { loadModelFile, pickModel } from "../engine/modelLoader";
import { type Prepared, prepare } from "../engine/prepare";
import { trainStep } from "../engine/trainStep";
import type { OptimizerOptions } from "../model/defineModel";
import { createOptimizer } from "../training/optimizers/registry";
import type { Published, Reading, Row, RunContext } from "./reproduction";

/** A model in training, at one of its points. */
export interface Trained {
  readonly prepared: Prepared;
  readonly step: number;
  readonly context: RunContext;
}

/** Reads numbers off a model; null when told to stop meanwhile. */
export type Probe = (at: Trained) => Promise<readonly Reading[] | null>;

export interface Training {
  readonly labels: Readonly<Record<string, string>>;
  readonly published?: Readonly<Record<string, Published>>;
  /** `file.ts#export` in the examples folder. */
  readonly model: string;
  readonly dataset: string | null;
  readonly estimator: string;
  readonly objective?: string;
  readonly samples?: number;
  readonly batchSize?: number;
  readonly optimizer: OptimizerOptions;
  /** Read at these shares of the training, 0 before it and 1 at its end. */
  readonly along?: { readonly shares: readonly number[]; readonly probes: readonly Probe[] };
  /** Read at the end only. */
  readonly atEnd?: readonly Probe[];
}

/** Milliseconds after which messages are let in. */
const SLICE_MS = 50;

/** A row that trains a model of the examples step by step as `gradlens train` does, and reads numbers on the way. */
export function trainedRow(training: Training): Row {
  const { labels, published, dataset } = training;
  return {
    labels,
    ...(published ? { published } : {}),
    dataset,
    run: (context) => runTraining(training, context),
  };
}

/** The model of `file.ts#export` under the examples folder, prepared with the paper's options. */
export async function prepareExample(
  { model, dataset, estimator, objective, samples, batchSize }: Omit<Training, "labels" | "optimizer">,
  context: RunContext,
): Promise<Prepared> {
  const [file, exportName] = model.split("#") as [string, string | undefined];
  const loaded = loadModelFile(`${context.examples}/${file}`);
  const { definition } = pickModel(loaded, exportName);
  const chosen = dataset === null ? undefined : (context.dataset ?? dataset);
  return prepare(definition, loaded.file, {
    estimator,
    seed: context.seed,
    ...(objective === undefined ? {} : { objective }),
    ...(samples === undefined ? {} : { samples }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(chosen === undefined ? {} : { dataset: chosen }),
    ...(context.dataFolder === undefined ? {} : { dataFolder: context.dataFolder }),
  });
}

/** Steps that a budget comes to for this model. */
export function stepsOf(prepared: Prepared, context: RunContext): number {
  const { steps, epochs = 1 } = context.budget;
  return steps ?? epochs * (prepared.dataset ? batchesPerEpoch(prepared.dataset.train, prepared.batchSize) : 1);
}

async function runTraining(training: Training, context: RunContext): Promise<readonly Reading[] | null> {
  const prepared = await prepareExample(training, context);
  const optimizer = createOptimizer(training.optimizer);
  const { learningRate } = optimizer;
  try {
    const total = stepsOf(prepared, context);
    const points = new Set((training.along?.shares ?? []).map((share) => Math.round(share * total)));
    const readings: Reading[] = [];
    const read = async (probes: readonly Probe[], step: number): Promise<boolean> => {
      for (const probe of probes) {
        const found = await probe({ prepared, step, context });
        if (found === null) return false;
        readings.push(...found);
      }
      return true;
    };
    let sliceEnd = performance.now() + SLICE_MS;
    for (let step = 0; ; step++) {
      if (points.has(step) && !(await read(training.along!.probes, step))) return null;
      if (step === total) break;
      trainStep(prepared, prepared.estimators, optimizer, step, learningRate);
      if (performance.now() < sliceEnd) continue;
      context.progress((step + 1) / (total + 1), `step ${step + 1} of ${total}`);
      await new Promise((next) => setImmediate(next));
      if (context.stopped()) return null;
      sliceEnd = performance.now() + SLICE_MS;
    }
    context.progress(total / (total + 1), "evaluating");
    return (await read(training.atEnd ?? [], total)) ? readings : null;
  } finally {
    optimizer.dispose();
    prepared.dispose();
  }
}
