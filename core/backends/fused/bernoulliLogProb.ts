import { customOp } from "../customOp";
import { tf } from "../tf";
import type { Rows } from "./leadingRows";
import { leadingRows } from "./leadingRows";
import { plainBernoulliLogProb } from "./plainLogProbs";
import type { WasmKernels } from "./wasmKernels";
import { wasmKernels } from "./wasmKernels";

/**
 * Σ_u x_u a_u − softplus(a_u) over the last axis in one pass, and its gradients in one pass each.
 *
 * @param logits a, `[…, units]`
 * @param value x, `[…, units]`, `[0, 1]`; leading axes are broadcast
 * @returns `[…]` in nats, or null when the current back end has no such kernel or the shapes broadcast in another way
 */
export function fusedBernoulliLogProb(logits: tf.Tensor, value: tf.Tensor): tf.Tensor | null {
  const kernels = wasmKernels(logits, value);
  const rows = kernels && leadingRows(logits, value, 1);
  if (!kernels || !rows) return null;
  const units = logits.shape[logits.rank - 1]!;
  return customOp(
    "FusedBernoulliLogProb",
    { logits, value },
    (save) => {
      save([logits, value]);
      const out = kernels.output(rows.shape);
      const pointers = [kernels.pointer(logits), rows.a, kernels.pointer(value), rows.b, kernels.pointer(out)] as const;
      kernels.functions.bernoulliLogProb(...pointers, rows.rows, units);
      return out;
    },
    (dy, [a, x]) => ({
      logits: () => gradLogits(kernels, rows, dy, a!, x!),
      value: () => gradValue(kernels, rows, dy, a!, x!.shape),
    }),
    { plain: plainBernoulliLogProb },
  );
}

/** dy (x − sigmoid(a)), summed to the shape of a. */
function gradLogits(kernels: WasmKernels, rows: Rows, dy: tf.Tensor, logits: tf.Tensor, value: tf.Tensor): tf.Tensor {
  const units = logits.shape[logits.rank - 1]!;
  return customOp(
    "FusedBernoulliGradLogits",
    { dy, logits, value },
    (save) => {
      save([dy, logits, value]);
      const out = kernels.output(logits.shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(value), rows.b, kernels.pointer(out)] as const;
      kernels.functions.bernoulliGradLogits(kernels.pointer(dy), ...operands, rows.rows, units);
      return out;
    },
    (ddy, saved) => {
      const [weight, a, x] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const probs = tf.sigmoid(a);
      const column = tf.expandDims(weight, -1);
      return {
        dy: () => tf.sum(tf.mul(ddy, tf.sub(x, probs)), -1),
        logits: () => sumTo(tf.mul(tf.mul(tf.neg(ddy), column), tf.mul(probs, tf.sub(1, probs))), a.shape),
        value: () => sumTo(tf.mul(ddy, column), x.shape),
      };
    },
  );
}

/** dy a, summed to the shape of x. */
function gradValue(kernels: WasmKernels, rows: Rows, dy: tf.Tensor, logits: tf.Tensor, shape: number[]): tf.Tensor {
  const units = logits.shape[logits.rank - 1]!;
  return customOp(
    "FusedBernoulliGradValue",
    { dy, logits },
    (save) => {
      save([dy, logits]);
      const out = kernels.output(shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(out), rows.b] as const;
      kernels.functions.scaleRows(kernels.pointer(dy), ...operands, rows.rows, units);
      return out;
    },
    (ddy, saved) => {
      const [weight, a] = saved as [tf.Tensor, tf.Tensor];
      return {
        dy: () => tf.sum(tf.mul(ddy, a), -1),
        logits: () => sumTo(tf.mul(ddy, tf.expandDims(weight, -1)), a.shape),
      };
    },
  );
}

/** Sums over the axes along which `shape` was broadcast. */
export function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, shape);
}
