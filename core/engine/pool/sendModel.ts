import { tf } from "../../backends/tf";
import type { ChunkSubject } from "../../diagnostics/chunks/chunks";
import type { DataInputs } from "../../model/defineModel";
import type { NamedTensor } from "../../training/safetensors";
import { modelOrigin } from "../modelLoader";
import type { Prepared } from "../prepare";
import type { SentModel, SentSubject } from "./messages";

/** A model as a worker is told of it; null for one that was not loaded from a file. */
export function sendModel(prepared: Pick<Prepared, "definition" | "seed" | "objective" | "probe">): SentModel | null {
  const origin = modelOrigin(prepared.definition);
  if (!origin) return null;
  const examples = prepared.probe();
  const probe = named(examples);
  tf.dispose(Object.values(examples));
  return { ...origin, seed: prepared.seed, objective: prepared.objective.id, probe };
}

export function sendSubject({ instance, data, batchSize, numSamples, sets }: ChunkSubject): SentSubject {
  const parameters = instance.parameters.map(({ name, shape, variable }): [string, NamedTensor] => [
    name,
    { shape, values: variable.dataSync<"float32">().slice() },
  ]);
  return {
    parameters: Object.fromEntries(parameters),
    data: named(data),
    batchSize,
    numSamples,
    sets: sets.map(({ estimators, specs, control }) => ({
      texts: [...specs].map(([node, { text }]) => [node, text] as const),
      states: Object.fromEntries([...estimators].map(([node, estimator]) => [node, estimator.state()])),
      control,
    })),
  };
}

function named(data: DataInputs): Record<string, NamedTensor> {
  return Object.fromEntries(
    Object.entries(data).map(([name, x]) => [name, { shape: x.shape, values: x.dataSync<"float32">().slice() }]),
  );
}
