import type { BernoulliKernels } from "../fused/bernoulliLogProb";
import type { tf } from "../tf";
import type { Made, NativeOperations } from "./nativeOperations";
import { sumOver, summedTo } from "./reductions";

/** Bernoulli log-probabilities by few of the library's operations, with nothing of TensorFlow.js between them. */
export function nativeBernoulli(operations: NativeOperations): BernoulliKernels {
  const { floats } = operations;
  const made = (name: string, ...inputs: readonly { readonly id: number }[]): Made =>
    operations.made(
      name,
      floats,
      inputs.map(({ id }) => id),
    );
  const given = (x: tf.Tensor): { readonly id: number } => ({ id: operations.id(x) });
  const column = (dy: tf.Tensor): Made =>
    operations.made(
      "ExpandDims",
      [...floats, operations.type("Tdim", "int32")],
      [operations.id(dy), operations.integers([-1])],
    );
  return {
    // The library's own softplus takes the exponential twice, which is slower than all of these.
    logProb(logits, value) {
      const a = given(logits);
      const distance = made("Abs", a);
      const negative = made("Neg", distance);
      const exponential = made("Exp", negative);
      const [tail, linear, product] = [made("Log1p", exponential), made("Relu", a), made("Mul", given(value), a)];
      const difference = made("Sub", product, linear);
      const units = made("Sub", difference, tail);
      const total = sumOver(operations, units, [-1]);
      operations.free(distance, negative, exponential, tail, linear, product, difference, units);
      return operations.take(total);
    },
    gradLogits(dy, logits, value) {
      const probs = made("Sigmoid", given(logits));
      const [difference, weight] = [made("Sub", given(value), probs), column(dy)];
      const units = made("Mul", weight, difference);
      operations.free(probs, difference, weight);
      return operations.take(summedTo(operations, units, logits.shape));
    },
    gradValue(dy, logits, shape) {
      const weight = column(dy);
      const units = made("Mul", weight, given(logits));
      operations.free(weight);
      return operations.take(summedTo(operations, units, shape));
    },
  };
}

/** 1 where u > sigmoid(−a), else 0. */
export function nativeBernoulliDraw(operations: NativeOperations, logits: tf.Tensor, uniform: tf.Tensor): tf.Tensor {
  const { floats } = operations;
  const negative = operations.made("Neg", floats, [operations.id(logits)]);
  const probs = operations.made("Sigmoid", floats, [negative.id]);
  const drawn = operations.made("Greater", floats, [operations.id(uniform), probs.id]);
  const attributes = [
    { name: "SrcT", type: operations.backend.binding.TF_ATTR_TYPE, value: drawn.dtype },
    operations.type("DstT"),
    operations.flag("Truncate", false),
  ];
  const bits = operations.made("Cast", attributes, [drawn.id]);
  operations.free(negative, probs, drawn);
  return operations.take(bits);
}
