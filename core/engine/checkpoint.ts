import { GradlensError } from "../errors";
import type { EstimatorState, NodeEstimator } from "../estimators/estimator";
import type { ModelInstance } from "../graph/instance";
import type { Optimizer } from "../training/optimizers/optimizer";
import type { NamedTensor } from "../training/safetensors";

/** Everything that the coming steps depend on besides the run's manifest: parameters, optimizer moments, baselines. */
export function checkpointTensors(
  instance: ModelInstance,
  optimizer: Optimizer,
  estimators: ReadonlyMap<string, NodeEstimator>,
): Record<string, NamedTensor> {
  const tensors: Record<string, NamedTensor> = {};
  for (const { name, shape, variable } of instance.parameters)
    tensors[name] = { shape, values: variable.dataSync<"float32">().slice() };
  for (const [name, state] of Object.entries(optimizer.state())) tensors[`optimizer:${name}`] = state;
  for (const [node, estimator] of estimators)
    for (const [name, state] of Object.entries(estimator.state())) tensors[`estimator:${node}:${name}`] = state;
  return tensors;
}

/** The first parameter among a checkpoint's tensors that holds a value that is not finite, or null. */
export function firstNonFinite(instance: ModelInstance, tensors: Readonly<Record<string, NamedTensor>>): string | null {
  return (
    instance.parameters.find(({ name }) => tensors[name]!.values.some((value) => !Number.isFinite(value)))?.name ?? null
  );
}

/** A checkpoint as it is read from its file. */
export interface SavedCheckpoint {
  readonly tensors: Readonly<Record<string, NamedTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly file: string;
}

/** @throws GL1606 when the checkpoint is of a model of another name, or with other parameters */
export function restoreParameters(
  instance: ModelInstance,
  model: string,
  { tensors, metadata, file }: SavedCheckpoint,
): void {
  const saved = Object.keys(tensors).filter((key) => !key.startsWith("optimizer:") && !key.startsWith("estimator:"));
  const other = (what: string): GradlensError =>
    new GradlensError(
      "GL1606",
      `checkpoint ${file} belongs to another model, or the model has changed since: ${what}; use the model that it was made with, or train anew`,
    );
  const shapeOf = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
  const { model: saver = model } = metadata; // files of other programs name none
  if (saver !== model)
    throw new GradlensError(
      "GL1606",
      `checkpoint ${file} is of the model "${saver}", not of "${model}"; use the model that it was made with`,
    );
  for (const { name, shape } of instance.parameters) {
    const found = tensors[name];
    if (!found) throw other(`it has no parameter "${name}", it holds ${saved.join(", ")}`);
    if (found.shape.join() !== shape.join())
      throw other(`parameter "${name}" has shape ${shapeOf(found.shape)} in it and ${shapeOf(shape)} in the model`);
  }
  const extra = saved.find((name) => !instance.parameters.some((parameter) => parameter.name === name));
  if (extra !== undefined) throw other(`it holds a parameter "${extra}", which the model does not have`);
  for (const { name } of instance.parameters) instance.store.assign(name, tensors[name]!.values, tensors[name]!.shape);
}

export function restoreEstimators(
  estimators: ReadonlyMap<string, NodeEstimator>,
  tensors: Readonly<Record<string, NamedTensor>>,
): void {
  for (const [node, estimator] of estimators) estimator.restore(withPrefix(tensors, `estimator:${node}:`));
}

export function restoreOptimizer(optimizer: Optimizer, tensors: Readonly<Record<string, NamedTensor>>): void {
  optimizer.restore(withPrefix(tensors, "optimizer:"));
}

function withPrefix(tensors: Readonly<Record<string, NamedTensor>>, prefix: string): EstimatorState {
  return Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
}
