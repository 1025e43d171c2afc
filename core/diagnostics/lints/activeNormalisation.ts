import { normalisationScale } from "../normalisationNotes";
import type { Lint } from "./lint";

/** Variance normalisation scales the gradient. */
export const activeNormalisation: Lint = {
  id: "variance-normalisation",
  title: "Variance normalisation scales the gradient",
  explain:
    "Variance normalisation divides the learning signal by its moving standard deviation when that is above one. The estimate is then the gradient of this node's parameters divided by that number: a step size of its own, and a bias against the gradient proper.",
  severity: "information",
  basis: "training",
  check: ({ specs, estimators }) =>
    [...specs].flatMap(([node, spec]) => {
      const scale = normalisationScale(spec, estimators.get(node));
      if (scale === 1) return [];
      const instead = [spec.estimator.id.replace("-vn", "")];
      return [
        { node, message: `${spec.text} divides the score term of node "${node}" by ${scale.toPrecision(3)}`, instead },
      ];
    }),
};
