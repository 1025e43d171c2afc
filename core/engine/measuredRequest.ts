import { tf } from "../backends/tf";
import type { VarianceRequest } from "../diagnostics/measureVariance";
import type { NodeEstimator } from "../estimators/estimator";
import type { DataInputs } from "../model/defineModel";
import type { Prepared } from "./prepare";

/** Examples of a batch that are measured beside training. */
export const MEASURED_EXAMPLES = 16;

export interface Measured {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** `[1, B or fewer, …]`; the first `MEASURED_EXAMPLES` are looked at. */
  readonly data: DataInputs;
  readonly step: number;
  /** Replicates of every example, and of the one row without a data set. */
  readonly draws: readonly [withData: number, without: number];
}

/** What a short measurement of the variance at a step asks for; in a tidy, which then owns the examples. */
export function measuredRequest(prepared: Prepared, { estimators, data, step, draws }: Measured): VarianceRequest {
  const { instance, structure, objective, dataset, batchSize, numSamples, seed, definition } = prepared;
  const hasData = dataset !== null;
  const examples = hasData ? Math.min(MEASURED_EXAMPLES, batchSize) : 1;
  return {
    ...{ instance, structure, objective, estimators, examples, batchSize, hasData, numSamples, seed, step },
    data: firstExamples(data, examples),
    draws: draws[hasData ? 0 : 1],
    elementsUpTo: 0,
    // The estimators that a run has, or may change to, fit.
    refined: definition.options.inference !== undefined,
  };
}

function firstExamples(data: DataInputs, examples: number): DataInputs {
  return Object.fromEntries(
    Object.entries(data).map(([name, x]) => [name, x.shape[1] === examples ? x : tf.slice(x, [0, 0], [1, examples])]),
  );
}
