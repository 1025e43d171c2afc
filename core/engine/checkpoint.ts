import { GradlensError } from "../errors";
import type { EstimatorState, NodeEstimator } from "../estimators/estimator";
import type { ModelInstance } from "../graph/instance";
import type { Optimizer } from "../training/optimizers/optimizer";
import type { NamedTensor } from "../training/safetensors";

/** Everything that the coming steps depend on besides the run's manifest: parameters, optimizer moments, baselines. */
export function checkpointTensors(instance: ModelInstance, optimizer: Optimizer, estimators: ReadonlyMap<string, NodeEstimator>): Record<string, NamedTensor> {
  const tensors: Record<string, NamedTensor> = {};
  for (const { name, shape, variable } of instance.parameters) tensors[name] = { shape, values: variable.dataSync<"float32">().slice() };
  for (const [name, state] of Object.entries(optimizer.state())) tensors[`optimizer:${name}`] = state;
  for (const [node, estimator] of estimators) for (const [name, state] of Object.entries(estimator.state())) tensors[`estimator:${node}:${name}`] = state;
  return tensors;
}

/** @throws GL1606 when the checkpoint lacks a parameter, GL1102 when a shape differs */
export function restoreParameters(instance: ModelInstance, tensors: Readonly<Record<string, NamedTensor>>, file: string): void {
  for (const { name } of instance.parameters) {
    const saved = tensors[name];
    if (!saved) throw new GradlensError("GL1606", `checkpoint ${file} has no parameter "${name}": it belongs to another model; it holds ${Object.keys(tensors).filter((key) => !key.includes(":")).join(", ")}`);
    instance.store.assign(name, saved.values, saved.shape);
  }
}

export function restoreEstimators(estimators: ReadonlyMap<string, NodeEstimator>, tensors: Readonly<Record<string, NamedTensor>>): void {
  for (const [node, estimator] of estimators) estimator.restore(withPrefix(tensors, `estimator:${node}:`));
}

export function restoreOptimizer(optimizer: Optimizer, tensors: Readonly<Record<string, NamedTensor>>): void {
  optimizer.restore(withPrefix(tensors, "optimizer:"));
}

function withPrefix(tensors: Readonly<Record<string, NamedTensor>>, prefix: string): EstimatorState {
  return Object.fromEntries(Object.entries(tensors).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [])));
}
