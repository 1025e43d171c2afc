import { applicable } from "../../estimators/estimatorSpec";
import type { Lint } from "./lint";

/** Sticking the landing with more than one sample. */
export const stickingWithSamples: Lint = {
  id: "sticking-the-landing-samples",
  title: "Sticking the landing with more than one sample",
  explain:
    "Sticking the landing leaves the score of log q out. Under a bound of several samples the weights depend on that score, so leaving it out biases the gradient of the guide; DReG is the unbiased form for that case.",
  severity: "warning",
  basis: "text",
  check: ({ specs, structure, objectiveId, numSamples }) =>
    [...specs].flatMap(([node, { estimator }]) => {
      if (estimator.id !== "sticking-the-landing" || objectiveId !== "iwae" || numSamples < 2) return [];
      const { id } = structure.distributions.get(node)!;
      const serving = new Set(applicable(id, objectiveId).map((other) => other.id));
      const message = `sticking-the-landing at node "${node}" is biased under iwae with ${numSamples} samples; with one it is not`;
      const instead = ["dreg", "pathwise"].filter((other) => serving.has(other));
      return [{ node, message, instead, options: { samples: 1 } }];
    }),
};
