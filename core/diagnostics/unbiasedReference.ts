import type { Structure } from "../graph/structure";
import { applicable } from "../estimators/estimatorSpec";
import type { EstimatorSpec } from "../estimators/estimatorSpec";

/** Families from the least noisy; the first that fits is taken. */
const preferred = {
  discrete: ["muprop", "lr"],
  continuous: ["pathwise", "implicit-pathwise", "muprop", "lr"],
} as const;

/**
 * An estimator that is unbiased for every cost at each node, as `NODE=ID,…`, to compare others with; null when a node has none.
 * A node's own family comes last, since an estimator's difference to itself is zero whatever it computes.
 */
export function unbiasedReference(
  structure: Structure,
  specs: ReadonlyMap<string, EstimatorSpec>,
  objectiveId: string,
): string | null {
  const chosen: string[] = [];
  for (const [node, { id, statesPerUnit }] of structure.distributions) {
    const fitting = applicable(id, objectiveId)
      .filter(({ unbiased }) => unbiased === "always")
      .map((estimator) => estimator.id);
    const family = specs.get(node)?.estimator.id.split("-c")[0];
    const order = preferred[statesPerUnit === null ? "continuous" : "discrete"].filter((candidate) =>
      fitting.includes(candidate),
    );
    const best = order.find((candidate) => candidate !== family) ?? order[0];
    if (best === undefined) return null;
    chosen.push(`${node}=${best}`);
  }
  return chosen.join(",");
}
