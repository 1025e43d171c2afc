import { applicable } from "../../estimators/estimatorSpec";
import type { Lint } from "./lint";

/** Estimators made of the cost's derivatives with respect to a node's value. */
const differentiating = new Set([
  "pathwise",
  "implicit-pathwise",
  "weak-reparameterization",
  "gsb",
  "sticking-the-landing",
  "dreg",
]);
/** Operations that jump for certain; comparisons may also stand in pieces that join without a jump. */
const jumping = new Set([
  "ArgMax",
  "ArgMin",
  "Cast",
  "Ceil",
  "Floor",
  "FloorDiv",
  "Mod",
  "OneHot",
  "Round",
  "Sign",
  "Step",
]);

/** A derivative through an operation that jumps. */
export const pathThroughJump: Lint = {
  id: "path-through-jump",
  title: "A derivative through a jump",
  explain:
    "Derivatives of a cost that jumps are zero almost everywhere: all of the change sits at the jump, where no sample falls. An estimator that differentiates through the sample misses that part of the gradient, or all of it. Score functions do not differentiate the cost.",
  severity: "warning",
  basis: "text",
  measuresBias: true,
  check: ({ specs, structure, objectiveId }) =>
    [...specs].flatMap(([node, { estimator, text }]) => {
      const operation = structure.hardOperations.get(node);
      if (!differentiating.has(estimator.id) || operation === undefined || !jumping.has(operation)) return [];
      const { id } = structure.distributions.get(node)!;
      const serving = new Set(applicable(id, objectiveId).map((other) => other.id));
      const message = `${text} at node "${node}" differentiates a cost that goes through ${operation}, which jumps: it misses what the jump adds to the gradient`;
      return [{ node, message, instead: ["lr-c", "lr"].filter((other) => serving.has(other)) }];
    }),
};
