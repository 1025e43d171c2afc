import type { Structure } from "../graph/structure";
import type { EstimatorSpec } from "./estimatorSpec";

/** The first node whose estimator draws noise beyond the nodes' values, or null: then enumerating the values gives exact moments. */
export function nodeWithOwnNoise(
  specs: ReadonlyMap<string, EstimatorSpec>,
  structure: Pick<Structure, "nodes" | "ancestors" | "distributions">,
): string | null {
  for (const [node, { estimator, options }] of specs) {
    const { ownNoise } = estimator;
    const hasDescendants = structure.nodes.some((other) => structure.ancestors.get(other)?.has(node));
    const distribution = structure.distributions.get(node)?.id ?? "";
    if (typeof ownNoise === "boolean" ? ownNoise : ownNoise({ options, distribution, hasDescendants })) return node;
  }
  return null;
}
