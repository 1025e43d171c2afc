import type { DataInputs } from "../model/defineModel";
import { batchTensors, evaluationBatch } from "./chunks/evaluationBatch";
import type { Prepared } from "./prepare";

/** The first test examples as evaluations see them, `[1, numRows, …]`; the caller owns the tensors. Null without a data set. */
export function testExamples(
  prepared: Pick<Prepared, "dataset" | "seed">,
  most: number,
): { readonly data: DataInputs; readonly numRows: number } | null {
  const { dataset } = prepared;
  if (!dataset) return null;
  const batch = evaluationBatch(prepared, dataset.test, most, 0);
  return { data: batchTensors(batch), numRows: batch.size };
}
