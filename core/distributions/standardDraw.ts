import { fusedQuantiles, type StandardKind } from "../backends/fused/standardQuantiles";
import type { tf } from "../backends/tf";
import { elementwise } from "../numerics/special/elementwise";
import { naturalLog } from "../numerics/special/scalar/naturalLog";
import { normalQuantile } from "../numerics/special/scalar/normalQuantile";

/** F⁻¹(u) in double precision, u of [2⁻²⁴, 1 − 2⁻²⁴]; kernels/quantiles.ts has the same operations. */
export const standardQuantiles: Readonly<Record<StandardKind, (u: number) => number>> = {
  normal: normalQuantile,
  laplace: (u) => (u < 0.5 ? naturalLog(2 * u) : -naturalLog(2 * (1 - u))),
  logistic: (u) => naturalLog(u / (1 - u)),
  gumbel: (u) => -naturalLog(-naturalLog(u)),
};

/** A standard variable from noise, element by element: the same bits on every back end. @param u uniforms of (0, 1), multiples of 2⁻²⁴ */
export function standardDraw(kind: StandardKind, u: tf.Tensor): tf.Tensor {
  return fusedQuantiles(kind, u) ?? elementwise(standardQuantiles[kind], u);
}
