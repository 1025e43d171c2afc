import { tf } from "../backends/tf";
import { measureVariance } from "../diagnostics/measureVariance";
import { MEASURED_EXAMPLES } from "../engine/measuredRequest";
import { evaluateLikelihood } from "../engine/evaluateLikelihood";
import { EVALUATION_STEP } from "../engine/chunks/evaluationBatch";
import { evaluateSplit } from "../engine/evaluateSplit";
import { guard } from "../engine/prepare";
import { GradlensError } from "../errors";
import { Noise } from "../random/noise";
import { evaluateLoss } from "../training/evaluateLoss";
import type { Probe, Trained } from "./trainedRow";

/** Draws of an expected cost without data. */
const COST_DRAWS = 10_000;
/** Draws for the variance where the budget names none. */
const DEFAULT_DRAWS = 200;

/** `loss`: the expected cost of a model without data, by 10 000 draws that no training step uses. */
export const expectedCost: Probe = async ({ prepared, step }) => {
  const { instance, objective, seed } = prepared;
  const noise = new Noise({
    ...{ seed, step: EVALUATION_STEP, numSamples: prepared.numSamples, numRows: COST_DRAWS },
    ...{ replicates: 1, firstReplicate: 0 },
  });
  const losses = guard(prepared.file, () => evaluateLoss(instance, objective, {}, noise));
  return [{ quantity: "loss", step, ...meanOf(losses) }];
};

/** `accuracy`: share of all examples of a logistic regression whose label has the sign of x·μ, μ the parameter `location`. */
export const logisticAccuracy: Probe = async ({ prepared, step }) => {
  const { train, test } = requireDataset({ prepared });
  const location = prepared.instance.parameters.find(({ name }) => name === "location")!.variable.dataSync<"float32">();
  let right = 0;
  for (const { size, inputs } of [train, test]) {
    const [x, y] = [inputs["x"]!.values, inputs["y"]!.values];
    for (let i = 0; i < size; i++) {
      const score = location.reduce((sum, weight, j) => sum + weight * x[i * location.length + j]!, 0);
      if (score > 0 === (y[i] === 1)) right++;
    }
  }
  return [{ quantity: "accuracy", step, value: right / (train.size + test.size), standardError: null }];
};

/** `loss`: the mean loss over the training set, the objective's own, with the model's number of samples. */
export const trainingLoss: Probe = async ({ prepared, step, context }) => {
  const { train } = requireDataset({ prepared });
  const { numSamples, objective } = prepared;
  const stop = (): boolean => context.stopped();
  const record = await evaluateSplit(prepared, objective.id, train, step, numSamples, Infinity, stop);
  return record && [{ quantity: "loss", step, value: record.value, standardError: record.standardError }];
};

/**
 * `ln-variance`: the natural logarithm of the variance of an element of the gradient that a training step takes, mean over all
 * elements, Monte Carlo and data part together; with data from 16 examples of the batch, twice each.
 */
export const logVariance: Probe = async ({ prepared, step, context }) => {
  const { instance, structure, objective, estimators, batchSize, numSamples, seed } = prepared;
  const hasData = prepared.dataset !== null;
  const examples = Math.min(MEASURED_EXAMPLES, batchSize);
  const data = prepared.batch(step, examples);
  try {
    const parameters = guard(prepared.file, () =>
      measureVariance({
        ...{ instance, structure, objective, estimators, data, batchSize, hasData, numSamples, seed, step },
        examples: hasData ? examples : 1,
        draws: hasData ? 2 : (context.budget.draws ?? DEFAULT_DRAWS),
        elementsUpTo: 0,
        cancelled: () => context.stopped(),
      }),
    );
    const total = parameters.reduce((sum, parameter) => sum + (parameter.total ?? 0), 0);
    const elements = instance.parameters.reduce((sum, { variable }) => sum + variable.size, 0);
    return [{ quantity: "ln-variance", step, value: Math.log(total / elements), standardError: null }];
  } finally {
    tf.dispose(Object.values(data));
  }
};

/** `test-nll`: −log p(x) of test examples by importance sampling, and the values of single examples. */
export const testLikelihood: Probe = async ({ prepared, step, context }) => {
  const { test } = requireDataset({ prepared });
  const { examples = test.size, likelihoodSamples = 1000 } = context.budget;
  const stop = (): boolean => context.stopped();
  const limit = Math.min(examples, test.size);
  const record = await evaluateLikelihood(prepared, "test", test, step, likelihoodSamples, limit, stop);
  if (!record) return null;
  const { value, standardError, perExample } = record;
  return [{ quantity: "test-nll", step: null, value, standardError, perExample }];
};

/** `test-bound`: the objective's own loss on test examples, with one sample each where it is additive. */
export const testBound: Probe = async ({ prepared, step, context }) => {
  const { test } = requireDataset({ prepared });
  const limit = Math.min(context.budget.examples ?? test.size, test.size);
  const stop = (): boolean => context.stopped();
  const samples = prepared.objective.additive ? 1 : prepared.numSamples;
  const record = await evaluateSplit(prepared, "test", test, step, samples, limit, stop);
  return record && [{ quantity: "test-bound", step: null, value: record.value, standardError: record.standardError }];
};

/** The data set of a model that has one. */
export function requireDataset({ prepared }: Pick<Trained, "prepared">): NonNullable<Trained["prepared"]["dataset"]> {
  if (prepared.dataset) return prepared.dataset;
  throw new GradlensError("GL1652", `"${prepared.definition.name}" has no data set to be evaluated on`);
}

function meanOf(values: ArrayLike<number>): { readonly value: number; readonly standardError: number } {
  const list = Array.from(values);
  const value = list.reduce((sum, x) => sum + x, 0) / list.length;
  const variance = list.reduce((sum, x) => sum + (x - value) ** 2, 0) / Math.max(1, list.length - 1);
  return { value, standardError: Math.sqrt(variance / list.length) };
}
