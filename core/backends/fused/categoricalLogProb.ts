import { customOp } from "../customOp";
import { tf } from "../tf";
import { sumTo } from "./bernoulliLogProb";
import type { Rows } from "./leadingRows";
import { leadingRows } from "./leadingRows";
import { plainCategoricalLogProb } from "./plainLogProbs";
import type { WasmKernels } from "./wasmKernels";
import { wasmKernels } from "./wasmKernels";

/**
 * Σ_u Σ_k x_uk (a_uk − log Σ_j exp a_uj) over the last two axes in one pass, and its gradients in one pass each.
 *
 * @param logits a, `[…, units, K]`, unnormalised
 * @param value x, `[…, units, K]`, one-hot or relaxed; leading axes are broadcast
 * @returns `[…]` in nats, or null when the current back end has no such kernel or the shapes broadcast in another way
 */
export function fusedCategoricalLogProb(logits: tf.Tensor, value: tf.Tensor): tf.Tensor | null {
  const kernels = wasmKernels(logits, value);
  const rows = kernels && leadingRows(logits, value, 2);
  if (!kernels || !rows) return null;
  return customOp(
    "FusedCategoricalLogProb",
    { logits, value },
    (save) => {
      save([logits, value]);
      const out = kernels.output(rows.shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(value), rows.b, kernels.pointer(out)] as const;
      const normalizers = kernels.workspace(rows.a * groups(logits)[0] * 4);
      kernels.functions.categoricalLogProb(...operands, rows.rows, ...groups(logits), normalizers);
      return out;
    },
    (dy, [a, x]) => ({
      logits: () => gradLogits(kernels, rows, dy, a!, x!),
      value: () => gradValue(kernels, rows, dy, a!, x!.shape),
    }),
    { plain: plainCategoricalLogProb },
  );
}

/** dy (x − (Σ_k x_k) softmax(a)), summed to the shape of a. */
function gradLogits(kernels: WasmKernels, rows: Rows, dy: tf.Tensor, logits: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return customOp(
    "FusedCategoricalGradLogits",
    { dy, logits, value },
    (save) => {
      save([dy, logits, value]);
      const out = kernels.output(logits.shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(value), rows.b, kernels.pointer(out)] as const;
      kernels.functions.categoricalGradLogits(kernels.pointer(dy), ...operands, rows.rows, ...groups(logits));
      return out;
    },
    (ddy, saved) => {
      const [weight, a, x] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const column = tf.reshape(weight, [...weight.shape, 1, 1]);
      const probs = tf.softmax(a);
      const mass = tf.sum(x, -1, true);
      const centred = tf.sub(ddy, tf.sum(tf.mul(ddy, probs), -1, true));
      return {
        dy: () => tf.sum(tf.mul(ddy, tf.sub(x, tf.mul(mass, probs))), [-2, -1]),
        logits: () => sumTo(tf.neg(tf.mul(tf.mul(column, mass), tf.mul(probs, centred))), a.shape),
        value: () => sumTo(tf.mul(column, centred), x.shape),
      };
    },
  );
}

/** dy (a − log Σ_j exp a_j), summed to the shape of x. */
function gradValue(kernels: WasmKernels, rows: Rows, dy: tf.Tensor, logits: tf.Tensor, shape: number[]): tf.Tensor {
  return customOp(
    "FusedCategoricalGradValue",
    { dy, logits },
    (save) => {
      save([dy, logits]);
      const out = kernels.output(shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(out), rows.b] as const;
      kernels.functions.categoricalGradValue(kernels.pointer(dy), ...operands, rows.rows, ...groups(logits));
      return out;
    },
    (ddy, saved) => {
      const [weight, a] = saved as [tf.Tensor, tf.Tensor];
      const weighted = tf.mul(ddy, tf.reshape(weight, [...weight.shape, 1, 1]));
      return {
        dy: () => tf.sum(tf.mul(ddy, tf.sub(a, tf.logSumExp(a, -1, true))), [-2, -1]),
        logits: () => sumTo(tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), tf.softmax(a))), a.shape),
      };
    },
  );
}

/** Units and states: the last two axes. */
function groups(logits: tf.Tensor): [number, number] {
  return logits.shape.slice(-2) as [number, number];
}
