import { tf } from "../backends/tf";
import { type DenseCall, denseWeightRows, plainRows, type RowGradients } from "./rowGradients";

/**
 * The rows of a − b, of the same parameter and the same rows, in as small a form as both are kept in. Under common noise a layer mostly
 * reads the same inputs in both: then a ⊗ δ − a ⊗ δ' = a ⊗ (δ − δ'), a quarter of the inner products, and what they share cancels exactly. Else it is
 * a ⊗ (δ − δ') + (a − a') ⊗ δ', whose terms are as small as the difference: inner products of the two products would lose one that is small beside them.
 */
export function differenceOfRows(a: RowGradients, b: RowGradients): RowGradients {
  const { name, shape } = a;
  if (!a.dense || !b.dense) return plainRows(name, shape, tf.sub(a.materialise(), b.materialise()));
  const mask = a.dense.mask ?? b.dense.mask;
  const [own, others] = [a.dense.calls, b.dense.calls];
  const alike =
    own.length === others.length && own.every(({ inputs }, i) => inputs.shape[0] === others[i]!.inputs.shape[0]);
  const calls = alike
    ? own.flatMap((call, i) => differenceOfCalls(call, others[i]!))
    : [...own, ...others.map(({ inputs, outputs }) => ({ inputs, outputs: tf.neg(outputs) as tf.Tensor2D }))];
  return denseWeightRows(name, shape, a.dense.numRows, calls, mask);
}

function differenceOfCalls(own: DenseCall, other: DenseCall): readonly DenseCall[] {
  const apart = { inputs: own.inputs, outputs: tf.sub(own.outputs, other.outputs) as tf.Tensor2D };
  if (sameInputs(own, other)) return [apart];
  return [apart, { inputs: tf.sub(own.inputs, other.inputs) as tf.Tensor2D, outputs: other.outputs }];
}

function sameInputs({ inputs: a }: DenseCall, { inputs: b }: DenseCall): boolean {
  if (a === b) return true;
  return tf.tidy(() => tf.all(tf.equal(a, b)).dataSync()[0] !== 0);
}
