import { tf } from "../../backends/tf";
import type { ChunkKind } from "../../diagnostics/chunks/chunks";
import { type RowLikelihoods, testLikelihood } from "../../training/testLikelihood";
import { batchTensors, EVALUATION_STEP, type EvaluationBatch } from "./evaluationBatch";

export interface LikelihoodBatch extends EvaluationBatch {
  readonly seed: number;
  /** K. */
  readonly samples: number;
  readonly firstReplicate: number;
}

/** −log p(x) of every example of a batch by importance sampling. */
export const likelihoodBatch: ChunkKind<LikelihoodBatch, RowLikelihoods> = {
  id: "likelihood-batch",
  compute({ instance, objective }, { seed, samples, firstReplicate, ...batch }) {
    const data = batchTensors(batch);
    try {
      const noise = { seed, step: EVALUATION_STEP, numRows: batch.size, firstReplicate };
      return testLikelihood({ instance, objective, data, samples, noise });
    } finally {
      tf.dispose(Object.values(data));
    }
  },
};
