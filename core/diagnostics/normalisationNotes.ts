import { MovingMoments } from "../baselines/movingMoments";
import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";

/** One sentence for each node whose variance normalisation scales the estimate now. */
export function normalisationNotes(
  specs: ReadonlyMap<string, EstimatorSpec>,
  estimators: ReadonlyMap<string, NodeEstimator>,
): readonly string[] {
  return [...specs].flatMap(([node, spec]) => {
    const scale = normalisationScale(spec, estimators.get(node));
    if (scale === 1) return [];
    return [`variance normalisation at node "${node}" divides the estimate's score term by ${scale.toPrecision(3)}`];
  });
}

/** The number that variance normalisation divides a node's score term by; 1 where there is none. */
export function normalisationScale({ estimator }: EstimatorSpec, node: NodeEstimator | undefined): number {
  const residual = node?.state()["residual"];
  if (!estimator.id.includes("-vn") || !residual) return 1;
  const moments = new MovingMoments(0.8);
  moments.restore(residual.values);
  return Math.max(1, moments.std);
}
