import { tf } from "../backends/tf";
import { valuesOf } from "../numerics/special/elementwise";
import { normalQuantile } from "../numerics/special/scalar/normalQuantile";
import type { NodeNoise } from "./distribution";

/** The smallest positive normal number of float32: what a positive draw is raised to. */
export const smallestPositive = 2 ** -126;

/** Streams of one sampler: a second one of the same node starts here. */
export const gammaStreams = 64;

/**
 * Logarithms of standard gamma variables, by the squeeze-free Marsaglia–Tsang method; shapes below 1 by boosting, log G(a) =
 * log G(a + 1) + log(U)/a, which never underflows. Reproducible: attempt t of every element reads its own streams.
 *
 * @param concentration a, broadcastable to `[S, B', …unitShape]`
 * @returns row-major values of `[S, B', …unitShape]` in double precision
 * Reference: Marsaglia, Tsang, "A simple method for generating gamma variables", 2000.
 */
export function sampleLogGamma(
  noise: NodeNoise,
  unitShape: readonly number[],
  concentration: tf.Tensor,
): { readonly values: Float64Array; readonly shape: number[] } {
  return tf.tidy(() => {
    const first = noise.uniform(unitShape, 0);
    const shape = first.shape;
    const a = valuesOf(tf.broadcastTo(concentration, shape));
    const values = new Float64Array(first.size);
    let pending = Uint32Array.from(values.keys());
    for (let attempt = 0; pending.length > 0 && 2 + 2 * attempt < gammaStreams; attempt++) {
      const normals = valuesOf(attempt === 0 ? first : noise.uniform(unitShape, 1 + 2 * attempt));
      const uniforms = valuesOf(noise.uniform(unitShape, 2 + 2 * attempt));
      pending = pending.filter((i) => {
        const d = (a[i]! < 1 ? a[i]! + 1 : a[i]!) - 1 / 3;
        const x = normalQuantile(normals[i]!);
        const v = (1 + x / Math.sqrt(9 * d)) ** 3;
        const accepted = v > 0 && Math.log(uniforms[i]!) < 0.5 * x * x + d * (1 - v + Math.log(v));
        // A parameter that makes no distribution gives NaN, and is named where that is noticed.
        const possible = a[i]! > 0;
        if (!possible) values[i] = NaN;
        else if (accepted) values[i] = Math.log(d) + Math.log(v);
        return possible && !accepted;
      });
    }
    if (a.some((shapeParameter) => shapeParameter < 1)) {
      const boost = valuesOf(noise.uniform(unitShape, 1));
      for (let i = 0; i < values.length; i++) if (a[i]! < 1) values[i] = values[i]! + Math.log(boost[i]!) / a[i]!;
    }
    return { values, shape } as unknown as tf.TensorContainer;
  }) as unknown as { readonly values: Float64Array; readonly shape: number[] };
}
