import type { NodeEstimator } from "../estimators/estimator";
import { ModelInstance } from "../graph/instance";
import type { Prepared } from "./prepare";

/**
 * A copy of a model at its parameters of now, for measurements that take longer than a step: training goes on with the original.
 * It shares the data set and owns nothing else of it; dispose it before the original's data set goes.
 */
export function freeze(prepared: Prepared): Prepared {
  const { definition, seed } = prepared;
  const instance = new ModelInstance(definition, seed);
  for (const { name, shape, variable } of prepared.instance.parameters)
    instance.store.assign(name, variable.dataSync<"float32">(), shape);
  return { ...prepared, instance, dispose: () => instance.dispose() };
}

/** Gives estimators the baselines of others at the same nodes, as far as they have baselines of the same kind. */
export function copyBaselines(from: ReadonlyMap<string, NodeEstimator>, to: ReadonlyMap<string, NodeEstimator>): void {
  for (const [node, estimator] of to) estimator.restore(from.get(node)?.state() ?? {});
}
