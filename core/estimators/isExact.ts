import type { EstimatorSpec } from "./estimatorSpec";

/** True when every node asks for enumeration: the gradient is then a sum over all states, without noise. */
export function isExact(specs: ReadonlyMap<string, EstimatorSpec>): boolean {
  return specs.size > 0 && [...specs.values()].every(({ estimator }) => estimator.id === "enumeration");
}
