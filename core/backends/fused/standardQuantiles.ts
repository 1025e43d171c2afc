import type { tf } from "../tf";
import { onFloats } from "./onFloats";

/** In the order of kernels/quantiles.ts. */
const kinds = ["normal", "laplace", "logistic", "gumbel"] as const;

/** Standard variables that have a kernel. */
export type StandardKind = (typeof kinds)[number];

/**
 * F⁻¹(u) of a standard variable, found in double precision and rounded to float32: the bits of the plain code, whatever the back end.
 *
 * @param u uniforms of (0, 1) as noise makes them, multiples of 2⁻²⁴
 * @returns the shape of u; null where the runtime has no SIMD
 */
export function fusedQuantiles(kind: StandardKind, u: tf.Tensor): tf.Tensor | null {
  return onFloats([u], u.shape, ({ quantiles }, [from], out) => quantiles(kinds.indexOf(kind), from!, out, u.size));
}
