import { applicable } from "../../estimators/estimatorSpec";
import type { Lint } from "./lint";

/** A score function where a pathwise gradient exists. */
export const scoreWithPath: Lint = {
  id: "score-with-path",
  title: "A score function where a pathwise gradient exists",
  explain:
    "The likelihood ratio uses the cost's value alone. Where the value can be differentiated through the sample, the pathwise gradient is unbiased for continuous costs and usually far less noisy.",
  severity: "information",
  basis: "text",
  check: ({ specs, structure, objectiveId }) =>
    [...specs].flatMap(([node, { estimator, text }]) => {
      if (!/^(lr|muprop)/.test(estimator.id) || structure.hardOperations.has(node)) return [];
      const { id } = structure.distributions.get(node)!;
      const serving = new Set(applicable(id, objectiveId).map((other) => other.id));
      const instead = ["pathwise", "implicit-pathwise"].filter((other) => serving.has(other));
      if (instead.length === 0) return [];
      const message = `${text} at node "${node}" is a score function, though ${id} has a pathwise gradient, which is usually far less noisy`;
      return [{ node, message, instead }];
    }),
};
