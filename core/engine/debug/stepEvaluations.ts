import { tf } from "../../backends/tf";
import { requireStates } from "../../diagnostics/enumerate";
import { countEvaluations } from "../countEvaluations";
import { stepGradient } from "../stepGradient";
import { stepNoise } from "../trainStep";
import type { DebugSubject } from "./stepView";

/** How many passes of one sample of the whole batch a step's estimate takes, counted while it is drawn anew from its keys. */
export function stepEvaluations({ prepared, estimators, step }: DebugSubject): number {
  const { structure, objective, numSamples } = prepared;
  if (estimators.size > 0 && [...estimators.values()].every(({ summed }) => summed))
    return requireStates(structure, objective.additive ? 1 : numSamples);
  const { inference } = prepared.definition.options;
  const counted = countEvaluations(prepared.instance, prepared.batchSize, inference ? "model" : "guide");
  const data = prepared.batch(step);
  const noise = stepNoise(prepared, step);
  try {
    const { instance } = counted;
    const { gradients } = stepGradient(prepared, { instance, estimators, data, noise, training: false });
    tf.dispose([...gradients.values()]);
    return counted.count();
  } finally {
    tf.dispose(Object.values(data));
  }
}
