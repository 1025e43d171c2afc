import { tf } from "../backends/tf";
import { type DenseCall, denseWeightRows, plainRows, type RowGradients } from "./rowGradients";

/**
 * The rows of a − b, of the same parameter and the same rows, in as small a form as both are kept in. Under common noise a layer mostly
 * reads the same inputs in both: then a ⊗ δ − a ⊗ δ' = a ⊗ (δ − δ'), a quarter of the inner products, and what they share cancels exactly.
 */
export function differenceOfRows(a: RowGradients, b: RowGradients): RowGradients {
  const { name, shape } = a;
  if (!a.dense || !b.dense) return plainRows(name, shape, tf.sub(a.materialise(), b.materialise()));
  const calls = a.dense.calls.map((call, i) => [call, b.dense!.calls[i]] as const);
  if (a.dense.calls.length === b.dense.calls.length && calls.every(([own, other]) => sameInputs(own, other!))) {
    const apart = calls.map(([{ inputs, outputs }, other]) => ({ inputs, outputs: tf.sub(outputs, other!.outputs) }));
    return denseWeightRows(name, shape, a.dense.numRows, apart as DenseCall[], a.dense.mask ?? b.dense.mask);
  }
  const negated = b.dense.calls.map(({ inputs, outputs }) => ({ inputs, outputs: tf.neg(outputs) as tf.Tensor2D }));
  return denseWeightRows(name, shape, a.dense.numRows, [...a.dense.calls, ...negated], a.dense.mask ?? b.dense.mask);
}

function sameInputs({ inputs: a }: DenseCall, { inputs: b }: DenseCall): boolean {
  if (a === b) return true;
  if (a.shape[0] !== b.shape[0]) return false;
  return tf.tidy(() => tf.all(tf.equal(a, b)).dataSync()[0] !== 0);
}
