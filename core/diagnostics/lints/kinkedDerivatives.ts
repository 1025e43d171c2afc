import { applicable } from "../../estimators/estimatorSpec";
import { unseenKinks } from "../unseenKinks";
import type { Lint } from "./lint";

/** A kink under second derivatives. */
export const kinkedDerivatives: Lint = {
  id: "kinked-derivatives",
  title: "A kink under second derivatives",
  explain:
    "Second derivatives of ReLU and of absolute values are zero almost everywhere: all of the curvature sits at the kink, where no sample falls. An estimator that is made of second derivatives does not see it, and is biased.",
  severity: "warning",
  basis: "text",
  measuresBias: true,
  check: ({ specs, structure, objectiveId }) =>
    unseenKinks(specs, structure).map(({ node, message }) => {
      const { id } = structure.distributions.get(node)!;
      const serving = new Set(applicable(id, objectiveId).map((other) => other.id));
      return {
        node,
        message,
        instead: ["pathwise", "implicit-pathwise", "lr-c"].filter((other) => serving.has(other)),
      };
    }),
};
