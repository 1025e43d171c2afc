import { tf } from "../../backends/tf";
import { requireStates } from "../../diagnostics/enumerate";
import { estimateGradient } from "../../gradients/gradient";
import { refinedGradient } from "../../training/refinedGradient";
import { refinedNode } from "../../training/refinement";
import { countEvaluations } from "../countEvaluations";
import { guard } from "../prepare";
import { stepNoise } from "../trainStep";
import type { DebugSubject } from "./stepView";

/** How many passes of one sample of the whole batch a step's estimate takes, counted while it is drawn anew from its keys. */
export function stepEvaluations({ prepared, estimators, step }: DebugSubject): number {
  const { structure, objective, numSamples, specs } = prepared;
  if (estimators.size > 0 && [...estimators.values()].every(({ summed }) => summed))
    return requireStates(structure, objective.additive ? 1 : numSamples);
  const { inference } = prepared.definition.options;
  const counted = countEvaluations(prepared.instance, prepared.batchSize, inference ? "model" : "guide");
  const data = prepared.batch(step);
  const noise = stepNoise(prepared, step);
  try {
    const { gradients } = guard(prepared.file, () => {
      if (!inference)
        return estimateGradient(counted.instance, { structure, objective, estimators, data, noise, training: false });
      const node = refinedNode(inference, structure, objective, specs);
      return refinedGradient(counted.instance, { node, estimator: estimators.get(node)!, data, noise, inference });
    });
    tf.dispose([...gradients.values()]);
    return counted.count();
  } finally {
    tf.dispose(Object.values(data));
  }
}
