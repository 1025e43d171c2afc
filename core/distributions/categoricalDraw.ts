import { fusedCategoricalDraw } from "../backends/fused/categoricalDraw";
import { tf } from "../backends/tf";
import { valuesOf } from "../numerics/special/elementwise";
import { standardQuantiles } from "./standardDraw";

/**
 * One-hot draws by the Gumbel-max trick, argmax_k a_k − log(−log u_k), in double precision: the same on every back end.
 *
 * @param logits a, `[…, units, K]`; leading axes are broadcast
 * @param uniform `[S, B', units, K]`
 */
export function categoricalDraw(logits: tf.Tensor, uniform: tf.Tensor): tf.Tensor {
  const fused = fusedCategoricalDraw(logits, uniform);
  if (fused) return fused;
  const all = tf.broadcastTo(logits, uniform.shape);
  return fusedCategoricalDraw(all, uniform) ?? tf.tensor(plainCategoricalDraw(all, uniform), uniform.shape);
}

/** The kernel's answer in plain code. Both tensors have all axes. */
export function plainCategoricalDraw(logits: tf.Tensor, uniform: tf.Tensor): Float32Array {
  const [a, u] = [valuesOf(logits), valuesOf(uniform)];
  const K = logits.shape.at(-1)!;
  const out = new Float32Array(a.length);
  for (let start = 0; start < a.length; start += K) {
    let best = 0;
    let most = -Infinity;
    for (let k = 0; k < K; k++) {
      const sum = a[start + k]! + standardQuantiles.gumbel(u[start + k]!);
      if (!(sum > most)) continue;
      most = sum;
      best = k;
    }
    out[start + best] = 1;
  }
  return out;
}
