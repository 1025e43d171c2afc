import { applicable } from "../../estimators/estimatorSpec";
import type { Lint } from "./lint";

/** A kink under second derivatives. */
export const kinkedDerivatives: Lint = {
  id: "kinked-derivatives",
  title: "A kink under second derivatives",
  explain:
    "Second derivatives of ReLU and of absolute values are zero almost everywhere: all of the curvature sits at the kink, where no sample falls. An estimator that is made of second derivatives does not see it, and is biased.",
  severity: "warning",
  basis: "text",
  check: ({ specs, kinks, structure, objectiveId }) =>
    [...specs].flatMap(([node, { estimator, text }]) => {
      const operation = kinks.get(node);
      const { id } = structure.distributions.get(node)!;
      if (estimator.id !== "gsb" || operation === undefined || id === "dirac") return [];
      const serving = new Set(applicable(id, objectiveId).map((other) => other.id));
      const message = `${text} at node "${node}" takes second derivatives of a cost that goes through ${operation}, whose curvature they do not see`;
      return [
        { node, message, instead: ["pathwise", "implicit-pathwise", "lr-c"].filter((other) => serving.has(other)) },
      ];
    }),
};
