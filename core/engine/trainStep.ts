import { tf } from "../backends/tf";
import type { NodeEstimator } from "../estimators/estimator";
import { Noise } from "../random/noise";
import type { Optimizer } from "../training/optimizers/optimizer";
import type { Trace } from "../graph/trace";
import { isChecked, refuseGradients, refuseStep } from "./checkStep";
import { explainNonFinite } from "./explainNonFinite";
import type { Prepared } from "./prepare";
import { stepGradient } from "./stepGradient";

/** Gradients of a step by parameter name; gone when the step ends. */
export type Drawn = ReadonlyMap<string, tf.Tensor>;

/** The noise that a training step draws from: the same keys give the same step. */
export function stepNoise(
  { seed, numSamples, batchSize }: Pick<Prepared, "seed" | "numSamples" | "batchSize">,
  step: number,
): Noise {
  return new Noise({ seed, step, numSamples, numRows: batchSize, replicates: 1, firstReplicate: 0 });
}

/**
 * One optimisation step: the step's batch, a gradient (at refined posteriors where the model asks for `inference`), an update of the
 * parameters.
 *
 * @param learningRate set before the update
 * @param inspect looks at loss and gradients before anything changes; false calls the step off
 * @returns the batch-mean loss, nats; null when the step was called off: parameters and baselines are as before
 * @throws GradlensError naming the node or parameter when the loss or a gradient is not finite, or a distribution or an observed value is
 * none; parameters and baselines are then as before
 */
export function trainStep(
  prepared: Prepared,
  estimators: ReadonlyMap<string, NodeEstimator>,
  optimizer: Optimizer,
  step: number,
  learningRate: number,
  inspect: (loss: number, gradients: Drawn) => boolean = () => true,
): number | null {
  const { instance } = prepared;
  const data = prepared.batch(step);
  const noise = stepNoise(prepared, step);
  const look = isChecked(prepared, step) ? { look: (trace: Trace) => refuseStep(prepared, step, data, trace) } : {};
  const { gradients, loss } = stepGradient(prepared, { instance, estimators, data, noise, training: true, ...look });
  try {
    if (!inspect(loss, gradients)) return null;
    if (!Number.isFinite(loss)) throw explainNonFinite(prepared, data, noise, step, loss);
    refuseGradients(gradients, step);
    if (!prepared.definition.options.inference) for (const estimator of estimators.values()) estimator.update();
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
