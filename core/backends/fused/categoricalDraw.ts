import type { tf } from "../tf";
import { leadingRows } from "./leadingRows";
import { onFloats } from "./onFloats";

/**
 * One-hot draws of argmax_k a_k − log(−log u_k), in double precision; the same on every back end.
 *
 * @param logits a, `[…, units, K]`; leading axes are broadcast
 * @param uniform u, `[S, B', units, K]`
 * @returns the shape of u; null where the runtime has no SIMD or the shapes broadcast in another way
 */
export function fusedCategoricalDraw(logits: tf.Tensor, uniform: tf.Tensor): tf.Tensor | null {
  const rows = leadingRows(logits, uniform, 2);
  if (!rows || rows.rows !== rows.b) return null;
  const [units, states] = logits.shape.slice(-2) as [number, number];
  return onFloats([logits, uniform], uniform.shape, ({ categoricalDraw }, [a, u], out) =>
    categoricalDraw(a!, rows.a * units, u!, out, rows.rows * units, states),
  );
}
