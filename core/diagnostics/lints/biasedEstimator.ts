import { applicable } from "../../estimators/estimatorSpec";
import type { Lint } from "./lint";

/** A biased estimator stands at a node. */
export const biasedEstimator: Lint = {
  id: "biased-estimator",
  title: "A biased estimator stands at a node",
  explain:
    "The mean of this estimator's estimates is not the gradient, whatever the number of samples: training follows another direction, and may end elsewhere. That can pay when the noise it saves is worth more; check the size of the bias with Check Bias.",
  severity: "warning",
  basis: "text",
  check: ({ specs, structure, objectiveId }) =>
    [...specs].flatMap(([node, { estimator, text }]) => {
      if (estimator.unbiased !== "never") return [];
      const { id } = structure.distributions.get(node)!;
      const serving = new Set(applicable(id, objectiveId).map((other) => other.id));
      const instead = ["muprop-c", "pathwise", "lr-c"].filter((other) => serving.has(other));
      const message = `${text} at node "${node}" is biased (unbiased ${estimator.unbiasedWhen})`;
      return [{ node, message, instead }];
    }),
};
