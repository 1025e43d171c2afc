import { tf } from "../backends/tf";
import type { Sliced } from "../diagnostics/sliced";
import { estimateGradient } from "../gradients/gradient";
import { stepNoise } from "./trainStep";
import type { Prepared } from "./prepare";

type Warmed = Pick<Prepared, "instance" | "structure" | "objective" | "seed" | "numSamples" | "batchSize" | "batch">;

/**
 * Lets estimators that learn a control variate learn it for so many training steps in which the parameters stand still, each with its
 * own batch and noise; others are left as they are. In slices of one step.
 */
export function* warmUp(
  prepared: Warmed,
  estimators: Prepared["estimators"],
  { step, steps }: { readonly step: number; readonly steps: number },
): Sliced<void> {
  if (![...estimators.values()].some(({ learnsControl }) => learnsControl)) return;
  const { instance, structure, objective } = prepared;
  for (let i = 1; i <= steps; i++) {
    const data = prepared.batch(step + i);
    try {
      const noise = stepNoise(prepared, step + i);
      const evaluation = { structure, objective, estimators, data, noise, training: true };
      tf.dispose([...estimateGradient(instance, evaluation, false).gradients.values()]);
    } finally {
      tf.dispose(Object.values(data));
    }
    for (const estimator of estimators.values()) if (estimator.learnsControl) estimator.update();
    yield i / steps;
  }
}
