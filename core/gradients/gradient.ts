import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { exactGradient } from "../diagnostics/exactGradient";
import type { ModelInstance } from "../graph/instance";
import { type Evaluation, surrogateRows } from "./surrogate";
import { gradients, record } from "./tape";

export interface GradientEstimate {
  /** By parameter name, in order of declaration; the caller owns the tensors. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  /** Batch-mean loss of this evaluation, nats. */
  readonly loss: number;
}

/**
 * One estimate of the gradient of the batch-mean loss. In training, baselines learn from it afterwards.
 * @param learn false leaves that to the caller, who may drop the estimate instead
 */
export function estimateGradient(
  instance: ModelInstance,
  evaluation: Omit<Evaluation, "functions">,
  learn = evaluation.training,
): GradientEstimate {
  if (
    [...evaluation.estimators.values()].every(({ summed }) => summed) &&
    evaluation.estimators.size > 0 &&
    !evaluation.forced
  )
    return sumStates(instance, evaluation);
  const learned = evaluation.training ? [...evaluation.estimators.values()].flatMap((each) => each.learned ?? []) : [];
  const { names, tensors, loss } = tidy(() => {
    const recorded = record(() => {
      const { surrogate, loss: rows } = surrogateRows({ ...evaluation, functions: instance.functions });
      return { y: tf.mean(surrogate), rows };
    });
    const { parameters } = instance;
    const results = gradients(
      recorded.tape,
      recorded.value.y,
      [...parameters, ...learned].map(({ variable }) => variable),
    );
    recorded.release();
    learned.forEach(({ receive }, i) => receive(results[parameters.length + i]?.dataSync()[0] ?? 0));
    const mean = tf.mean(recorded.value.rows).dataSync()[0]!;
    return {
      names: parameters.map(({ name }) => name),
      tensors: parameters.map(({ shape }, i) => results[i] ?? tf.zeros([...shape])),
      loss: mean,
    };
  });
  if (learn) for (const estimator of evaluation.estimators.values()) estimator.update();
  return { gradients: new Map(names.map((name, i) => [name, tensors[i]!])), loss };
}

/** The exact gradient, states summed in chunks and in float64. */
function sumStates(
  instance: ModelInstance,
  { structure, objective, data, noise, look }: Omit<Evaluation, "functions">,
): GradientEstimate {
  const { numRows, numSamples } = noise.layout;
  const exact = exactGradient({
    instance,
    structure,
    objective,
    data,
    batchSize: numRows,
    numSamples: objective.additive ? 1 : numSamples,
    ...(look ? { look } : {}),
  });
  const tensors = instance.parameters.map(
    ({ name, shape }) => [name, tf.tensor(Float32Array.from(exact.gradients.get(name)!), [...shape])] as const,
  );
  return { gradients: new Map(tensors), loss: exact.loss };
}
