import { nativeOperations } from "../native/nativeOperations";
import { tf } from "../tf";
import { wasmKernels } from "./wasmKernels";

/**
 * x W + b over the last axis. Where our product kernel is, one dispatch without reshapes; elsewhere TensorFlow.js's fused product.
 * No gradient of its own: call it where nothing is recorded.
 *
 * @param x `[…, inputs]`
 * @param weight `[inputs, units]`
 * @param bias `[units]`
 * @returns `[…, units]`
 */
export function affine(x: tf.Tensor, weight: tf.Tensor2D, bias: tf.Tensor): tf.Tensor {
  const [inputs, units] = weight.shape;
  if (x.rank >= 2 && x.size > 0 && (wasmKernels(x, weight, bias) ?? nativeOperations(x, weight, bias))) {
    const attributes = { transposeA: false, transposeB: false, activation: "linear" };
    return tf.engine().runKernel("_FusedMatMul", { a: x, b: weight, bias }, attributes) as tf.Tensor;
  }
  const rows = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  return tf.reshape(tf.fused.matMul({ a: rows, b: weight, bias }), [...x.shape.slice(0, -1), units]);
}
