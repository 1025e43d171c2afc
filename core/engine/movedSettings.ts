import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import type { NodeSettings } from "../protocol/trunks";

/** The temperatures and weights that estimators have learned or moved by a schedule, at the nodes that have some. */
export function movedSettings(
  specs: ReadonlyMap<string, Pick<EstimatorSpec, "text">>,
  estimators: ReadonlyMap<string, NodeEstimator>,
): readonly NodeSettings[] {
  return [...estimators].flatMap(([node, estimator]) => {
    const settings = estimator.settings?.() ?? [];
    return settings.length === 0 ? [] : [{ node, estimator: specs.get(node)!.text, settings }];
  });
}
