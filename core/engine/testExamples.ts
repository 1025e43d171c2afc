import { tf } from "../backends/tf";
import { gather } from "../data/batches";
import { binarizationStream, binarizeBatch } from "../data/binarize";
import type { DataInputs } from "../model/defineModel";
import { EVALUATION_STEP } from "./evaluateSplit";
import type { Prepared } from "./prepare";

/** The first test examples as the model sees them, `[1, numRows, …]`; the caller owns the tensors. Null without a data set. */
export function testExamples(
  { dataset, seed }: Pick<Prepared, "dataset" | "seed">,
  most: number,
): { readonly data: DataInputs; readonly numRows: number } | null {
  if (!dataset) return null;
  const numRows = Math.min(most, dataset.test.size);
  const raw = gather(
    dataset.test,
    Uint32Array.from({ length: numRows }, (_, i) => i),
  );
  const batch = binarizeBatch(raw, dataset.binarization, binarizationStream(seed, EVALUATION_STEP));
  const data = Object.fromEntries(
    Object.entries(batch.inputs).map(([name, { shape, values }]) => [name, tf.tensor(values, [1, ...shape])]),
  );
  return { data, numRows };
}
