import { useBackend } from "../../backends/registry";
import { tf } from "../../backends/tf";
import type { ChunkSubject, EstimatorSet } from "../../diagnostics/chunks/chunks";
import { withScoreControl } from "../../diagnostics/scoreControl";
import { createNodeEstimators, parseEstimator } from "../../estimators/estimatorSpec";
import { ModelInstance } from "../../graph/instance";
import { analyse, type Structure } from "../../graph/structure";
import type { DataInputs, ModelDefinition } from "../../model/defineModel";
import type { Objective } from "../../objectives/objective";
import { objective as findObjective } from "../../objectives/registry";
import type { NamedTensor } from "../../training/safetensors";
import { restoreParameters } from "../checkpoint";
import { loadModelFile, pickModel } from "../modelLoader";
import { chunkKinds } from "./chunkKinds";
import type { FromWorker, SentEstimators, SentModel, SentSubject, ToWorker } from "./messages";

interface Model {
  readonly definition: ModelDefinition;
  readonly structure: Structure;
  readonly objective: Objective;
  readonly seed: number;
  readonly file: string;
}

interface OpenSubject {
  readonly subject: ChunkSubject;
  dispose(): void;
}

/** The worker's side: makes models from their texts and computes chunks in the order in which they are asked for. */
export class ChunkServer {
  private readonly models = new Map<number, Model>();
  private readonly subjects = new Map<number, OpenSubject>();
  private failed = false;
  private before: Promise<void> = Promise.resolve();

  constructor(private readonly send: (message: FromWorker) => void) {}

  /** Nothing is computed after a failure: whoever asked does the rest. */
  receive(message: ToWorker): void {
    this.before = this.before
      .then(() => (this.failed ? undefined : this.handle(message)))
      .catch((error: unknown) => {
        this.failed = true;
        this.send({ type: "failed", reason: error instanceof Error ? error.message.split("\n")[0]! : String(error) });
      });
  }

  private async handle(message: ToWorker): Promise<void> {
    switch (message.type) {
      case "start":
        await useBackend(message.backend);
        this.send({ type: "ready" });
        return;
      case "model":
        this.models.set(message.model, openModel(message.sent));
        return;
      case "open":
        this.subjects.set(message.stream, openSubject(this.models.get(message.model)!, message.subject));
        return;
      case "run": {
        const { stream, index, kind, args } = message;
        const { subject } = this.subjects.get(stream)!;
        const result = chunkKinds.find(({ id }) => id === kind)!.compute(subject, args as never);
        this.send({ type: "result", stream, index, result });
        return;
      }
      case "close":
        this.subjects.get(message.stream)?.dispose();
        this.subjects.delete(message.stream);
    }
  }
}

function openModel({ file, exportName, texts, seed, objective, probe }: SentModel): Model {
  const { definition } = pickModel(loadModelFile(file, texts), exportName);
  const instance = new ModelInstance(definition, seed);
  const examples = tensors(probe);
  try {
    return { definition, structure: analyse(instance, examples), objective: findObjective(objective), seed, file };
  } finally {
    tf.dispose(Object.values(examples));
    instance.dispose();
  }
}

function openSubject({ definition, structure, objective, seed, file }: Model, sent: SentSubject): OpenSubject {
  const instance = new ModelInstance(definition, seed);
  restoreParameters(instance, definition.name, { tensors: sent.parameters, metadata: {}, file });
  const { batchSize, numSamples } = sent;
  const data = tensors(sent.data);
  const made = sent.sets.map(openEstimators);
  const sets = made.map(({ control, specs, estimators }): EstimatorSet => {
    return { control, specs, estimators: withScoreControl(estimators, control) };
  });
  return {
    subject: { instance, structure, objective, data, batchSize, numSamples, sets },
    dispose() {
      tf.dispose(Object.values(data));
      for (const { estimators } of made) for (const estimator of estimators.values()) estimator.dispose();
      instance.dispose();
    },
  };
}

/** The estimators without score control. */
function openEstimators({ texts, states, control }: SentEstimators): EstimatorSet {
  const specs = new Map(texts.map(([node, text]) => [node, parseEstimator(text)]));
  const estimators = createNodeEstimators(specs);
  for (const [node, estimator] of estimators) estimator.restore(states[node] ?? {});
  return { estimators, specs, control };
}

function tensors(named: Readonly<Record<string, NamedTensor>>): DataInputs {
  return Object.fromEntries(
    Object.entries(named).map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]),
  );
}
