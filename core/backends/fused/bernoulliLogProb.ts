import { customOp } from "../customOp";
import { nativeBernoulli } from "../native/nativeBernoulli";
import { nativeOperations } from "../native/nativeOperations";
import { tf } from "../tf";
import type { Rows } from "./leadingRows";
import { leadingRows } from "./leadingRows";
import { plainBernoulliLogProb } from "./plainLogProbs";
import type { WasmKernels } from "./wasmKernels";
import { wasmKernels } from "./wasmKernels";

/** Kernels of a back end for one pair of shapes; they record nothing. */
export interface BernoulliKernels {
  /** Σ_u x_u a_u − softplus(a_u). */
  logProb(logits: tf.Tensor, value: tf.Tensor): tf.Tensor;
  /** dy (x − sigmoid(a)), summed to the shape of a. */
  gradLogits(dy: tf.Tensor, logits: tf.Tensor, value: tf.Tensor): tf.Tensor;
  /** dy a, summed to the shape of x. */
  gradValue(dy: tf.Tensor, logits: tf.Tensor, shape: number[]): tf.Tensor;
}

/**
 * Σ_u x_u a_u − softplus(a_u) over the last axis as one operation, and its gradients as one each.
 *
 * @param logits a, `[…, units]`
 * @param value x, `[…, units]`, `[0, 1]`; leading axes are broadcast
 * @returns `[…]` in nats, or null when the current back end has no such kernel or the shapes broadcast in another way
 */
export function fusedBernoulliLogProb(logits: tf.Tensor, value: tf.Tensor): tf.Tensor | null {
  const wasm = wasmKernels(logits, value);
  const native = wasm ? null : nativeOperations(logits, value);
  if (!wasm && !native) return null;
  const rows = leadingRows(logits, value, 1);
  if (!rows) return null;
  const kernels = wasm ? wasmBernoulli(wasm, rows) : nativeBernoulli(native!);
  return customOp(
    "FusedBernoulliLogProb",
    { logits, value },
    (save) => {
      save([logits, value]);
      return kernels.logProb(logits, value);
    },
    (dy, [a, x]) => ({
      logits: () => gradLogits(kernels, dy, a!, x!),
      value: () => gradValue(kernels, dy, a!, x!.shape),
    }),
    { plain: plainBernoulliLogProb },
  );
}

/** One pass over memory each. */
function wasmBernoulli(kernels: WasmKernels, rows: Rows): BernoulliKernels {
  const { functions } = kernels;
  return {
    logProb(logits, value) {
      const out = kernels.output(rows.shape);
      const pointers = [kernels.pointer(logits), rows.a, kernels.pointer(value), rows.b, kernels.pointer(out)] as const;
      functions.bernoulliLogProb(...pointers, rows.rows, unitsOf(logits));
      return out;
    },
    gradLogits(dy, logits, value) {
      const out = kernels.output(logits.shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(value), rows.b, kernels.pointer(out)] as const;
      functions.bernoulliGradLogits(kernels.pointer(dy), ...operands, rows.rows, unitsOf(logits));
      return out;
    },
    gradValue(dy, logits, shape) {
      const out = kernels.output(shape);
      const operands = [kernels.pointer(logits), rows.a, kernels.pointer(out), rows.b] as const;
      functions.scaleRows(kernels.pointer(dy), ...operands, rows.rows, unitsOf(logits));
      return out;
    },
  };
}

function unitsOf(logits: tf.Tensor): number {
  return logits.shape[logits.rank - 1]!;
}

function gradLogits(kernels: BernoulliKernels, dy: tf.Tensor, logits: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return customOp(
    "FusedBernoulliGradLogits",
    { dy, logits, value },
    (save) => {
      save([dy, logits, value]);
      return kernels.gradLogits(dy, logits, value);
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

function gradValue(kernels: BernoulliKernels, dy: tf.Tensor, logits: tf.Tensor, shape: number[]): tf.Tensor {
  return customOp(
    "FusedBernoulliGradValue",
    { dy, logits },
    (save) => {
      save([dy, logits]);
      return kernels.gradValue(dy, logits, shape);
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
