import { tf } from "../backends/tf";
import type { NodeEstimator } from "../estimators/estimator";
import { estimateGradient } from "../gradients/gradient";
import { Noise } from "../random/noise";
import { refinedGradient } from "../training/refinedGradient";
import { refinedNode } from "../training/refinement";
import type { Optimizer } from "../training/optimizers/optimizer";
import { explainNonFinite } from "./explainNonFinite";
import { guard, type Prepared } from "./prepare";

/**
 * One optimisation step: the step's batch, a gradient (at refined posteriors where the model asks for `inference`), an update of the
 * parameters.
 *
 * @param learningRate set before the update
 * @returns the batch-mean loss, nats
 * @throws GradlensError naming the node when the loss is not finite; the parameters are then as before
 */
export function trainStep(
  prepared: Prepared,
  estimators: ReadonlyMap<string, NodeEstimator>,
  optimizer: Optimizer,
  step: number,
  learningRate: number,
): number {
  const { instance, structure, objective, numSamples, seed } = prepared;
  const data = prepared.batch(step);
  const noise = new Noise({
    seed,
    step,
    numSamples,
    numRows: prepared.batchSize,
    replicates: 1,
    firstReplicate: 0,
  });
  const evaluation = { structure, objective, estimators, data, noise, training: true };
  const { inference } = prepared.definition.options;
  const { gradients, loss } = guard(prepared.file, () => {
    if (!inference) return estimateGradient(instance, evaluation);
    const node = refinedNode(inference, structure, objective, prepared.specs);
    return refinedGradient(instance, { node, estimator: estimators.get(node)!, data, noise, inference });
  });
  try {
    if (!Number.isFinite(loss)) throw explainNonFinite(prepared, data, noise, step, loss);
    optimizer.learningRate = learningRate;
    optimizer.apply(
      instance.parameters.map(({ name, variable }) => ({ name, variable, gradient: gradients.get(name)! })),
    );
  } finally {
    tf.dispose([...gradients.values()]);
    tf.dispose(Object.values(data));
  }
  return loss;
}
