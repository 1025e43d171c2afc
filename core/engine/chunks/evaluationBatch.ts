import { tf } from "../../backends/tf";
import { type BatchArray, gather } from "../../data/batches";
import { binarizationStream, binarizeBatch } from "../../data/binarize";
import type { Split } from "../../data/dataset";
import type { DataInputs } from "../../model/defineModel";
import type { Prepared } from "../prepare";

/** Evaluations draw from keys that no training step uses. */
export const EVALUATION_STEP = 2 ** 31;

/** Examples of a split as plain data. */
export interface EvaluationBatch {
  readonly size: number;
  readonly inputs: Readonly<Record<string, BatchArray>>;
}

/** Batch `index` of a split in its order, binarised as the data set asks, the same at every evaluation. */
export function evaluationBatch(
  { dataset, seed }: Pick<Prepared, "dataset" | "seed">,
  split: Split,
  batchSize: number,
  index: number,
): EvaluationBatch {
  const from = index * batchSize;
  const size = Math.min(batchSize, split.size - from);
  const indices = Uint32Array.from({ length: size }, (_, offset) => from + offset);
  const stream = binarizationStream(seed, EVALUATION_STEP + index);
  const { inputs } = binarizeBatch(gather(split, indices), dataset?.binarization ?? "none", stream);
  return { size, inputs };
}

/** Its tensors, `[1, B', …]`; the caller owns them. */
export function batchTensors({ inputs }: EvaluationBatch): DataInputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [name, tf.tensor(values, [1, ...shape])]),
  );
}
