import { tf } from "../../backends/tf";
import type { ChunkKind } from "../../diagnostics/chunks/chunks";
import { Noise } from "../../random/noise";
import { evaluateLoss } from "../../training/evaluateLoss";
import { batchTensors, EVALUATION_STEP, type EvaluationBatch } from "./evaluationBatch";

export interface LossBatch extends EvaluationBatch {
  readonly seed: number;
  readonly samples: number;
  readonly firstReplicate: number;
}

/** The loss of every example of a batch, nats. */
export const lossBatch: ChunkKind<LossBatch, Float32Array> = {
  id: "loss-batch",
  compute({ instance, objective }, { seed, samples, firstReplicate, ...batch }) {
    const layout = { seed, step: EVALUATION_STEP, numSamples: samples, numRows: batch.size, replicates: 1 };
    const data = batchTensors(batch);
    try {
      return evaluateLoss(instance, objective, data, new Noise({ ...layout, firstReplicate }));
    } finally {
      tf.dispose(Object.values(data));
    }
  },
};
