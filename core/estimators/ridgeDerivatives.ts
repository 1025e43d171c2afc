import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { unrecorded } from "../gradients/tape";
import type { SurrogateContext } from "./estimator";

/** Stream of the directions along which a ridge is checked. */
const checkStream = 640;
/** Largest relative difference that counts as none. */
const tolerance = 1e-3;

/**
 * Derivatives along every unit of a cost that is, around each value, a function of one linear combination of the units: f(z) = h(a·z),
 * as a loss of a piecewise linear net's single output is (seed 3, lemma 3): ∂ⁿf/∂z_jⁿ = f⁽ⁿ⁾_u (g_j/|g|)ⁿ, u = g/|g| along the gradient g.
 * Checked at every order along a random direction of each row. One gradient and two curves instead of one curve for every unit.
 *
 * @returns f, f', …, `[units, S, B']` each, or null where the cost is no ridge
 */
export function ridgeDerivatives(
  context: SurrogateContext,
  order: number,
  omit: readonly string[],
): readonly tf.Tensor[] | null {
  const { value, noise, distribution } = context;
  const units = value.shape[value.rank - 1]!;
  return unrecorded(() =>
    tidy(() => {
      const [cost, slope] = context.derivatives({
        copies: 1,
        width: units,
        at: (t) => tf.add(value, t),
        order: 1,
        omit,
      });
      const wide = tf.tile(cost!, [units, 1, 1]);
      if (!slope) return [wide];
      const gradient = tf.squeeze(slope, [0]); // [S, B', units]
      const length = tf.norm(gradient, "euclidean", -1, true);
      const share = tf.div(gradient, tf.maximum(length, 1e-30)); // g_j/|g|
      const random = tf.sub(noise.uniform(distribution.unitShape, checkStream), 0.5);
      const directions = tf.concat([share, random], 0);
      const found = context.derivatives({
        copies: 2,
        at: (t) => tf.add(tf.tile(value, [2, 1, 1]), tf.mul(t, directions)),
        order,
        omit,
      });
      const cosine = tf.sum(tf.mul(share, random), -1); // r·g/|g|, [S, B']
      const byUnit = tf.transpose(share, [2, 0, 1]);
      const results = [wide];
      for (let n = 1; n < found.length; n++) {
        const [along, across] = tf.unstack(found[n]!, 0) as [tf.Tensor, tf.Tensor];
        const expected = tf.mul(along, tf.pow(cosine, n));
        const difference = tf.max(tf.abs(tf.sub(expected, across))).dataSync()[0]!;
        const scale = Math.max(tf.max(tf.abs(across)).dataSync()[0]!, tf.max(tf.abs(expected)).dataSync()[0]!);
        if (!(difference <= tolerance * scale + 1e-12)) return null;
        results.push(tf.mul(tf.pow(byUnit, n), tf.expandDims(along, 0)));
      }
      return results;
    }),
  );
}
