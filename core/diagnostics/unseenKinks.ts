import type { EstimatorSpec } from "../estimators/estimatorSpec";
import type { Structure } from "../graph/structure";

/** A node whose estimator is made of second derivatives that a kink hides from it. */
export interface UnseenKink {
  readonly node: string;
  /** One clause: which estimator, which operation, and what it means. */
  readonly message: string;
}

/**
 * Generalized stochastic backpropagation takes E f'' for half the gradient of a variance (seed 3, eq. 14 and lemma 3). That holds for
 * densities' derivatives, f'' as a distribution; at a kink f'' is a point mass, which no sample meets.
 */
export function unseenKinks(
  specs: ReadonlyMap<string, EstimatorSpec>,
  { kinkedOperations, distributions }: Pick<Structure, "kinkedOperations" | "distributions">,
): readonly UnseenKink[] {
  return [...specs].flatMap(([node, { estimator, options, text }]) => {
    const operation = kinkedOperations.get(node);
    const smooth = distributions.get(node)!.id === "dirac" || options["order"] === 1;
    if (estimator.id !== "gsb" || operation === undefined || smooth) return [];
    const message = `${text} at node "${node}" takes second derivatives of a cost that goes through ${operation}, whose curvature they do not see`;
    return [{ node, message }];
  });
}
