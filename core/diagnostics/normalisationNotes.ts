import { MovingMoments } from "../baselines/movingMoments";
import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";

/** One sentence for each node whose variance normalisation scales the estimate now. */
export function normalisationNotes(
  specs: ReadonlyMap<string, EstimatorSpec>,
  estimators: ReadonlyMap<string, NodeEstimator>,
): readonly string[] {
  return [...specs].flatMap(([node, { estimator }]) => {
    const residual = estimators.get(node)?.state()["residual"];
    if (!estimator.id.includes("-vn") || !residual) return [];
    const moments = new MovingMoments(0.8);
    moments.restore(residual.values);
    const scale = Math.max(1, moments.std);
    if (scale === 1) return [];
    return [`variance normalisation at node "${node}" divides the estimate's score term by ${scale.toPrecision(3)}`];
  });
}
