import { join } from "node:path";
import { tf } from "../../core/backends/tf";
import { DiagnosticsSchedule } from "../../core/engine/diagnosticsSchedule";
import { MEASURED_EXAMPLES } from "../../core/engine/measuredRequest";
import { loadModelFile, pickModel } from "../../core/engine/modelLoader";
import { type Overrides, prepare, type Prepared } from "../../core/engine/prepare";
import { trainStep } from "../../core/engine/trainStep";
import { Adam } from "../../core/training/optimizers/adam";

/** A model in training on a back end, one step at a time. */
export interface Trainee {
  readonly prepared: Prepared;
  step(): void;
  dispose(): void;
}

/** The 784-200-784 belief net, batch 100, on the back end that is current. */
export function beliefNet(overrides: Overrides = {}): Promise<Prepared> {
  return example("sbn-200.ts", { dataset: "digits-binarized", batchSize: 100, seed: 1, ...overrides });
}

/** A model file of the examples, made ready on the back end that is current. */
export function example(file: string, overrides: Overrides): Promise<Prepared> {
  const loaded = loadModelFile(join(__dirname, "../../examples", file));
  return prepare(pickModel(loaded, undefined).definition, loaded.file, overrides);
}

/** Steps of the belief net. */
export async function trainee(overrides: Overrides, interval: number | null): Promise<Trainee> {
  return inTraining(await beliefNet(overrides), interval);
}

/**
 * Steps with Adam, and with diagnostics as training has them.
 * @param interval steps between measurements, 0 for none, null to keep to a tenth of the time
 */
export function inTraining(prepared: Prepared, interval: number | null): Trainee {
  const { estimators } = prepared;
  const optimizer = new Adam({ learningRate: 3e-4 });
  const schedule = new DiagnosticsSchedule(interval, 0.1);
  let step = 0;
  return {
    prepared,
    step() {
      const began = performance.now();
      trainStep(prepared, estimators, optimizer, step, 3e-4);
      step++;
      schedule.budget.stepTook(performance.now() - began);
      if (!schedule.budget.due(step)) return;
      const from = performance.now();
      const data = prepared.batch(step, MEASURED_EXAMPLES);
      schedule.measure(prepared, estimators, data, step);
      tf.dispose(Object.values(data));
      schedule.budget.measured(step, performance.now() - from);
    },
    dispose() {
      optimizer.dispose();
      prepared.dispose();
    },
  };
}
