import { studentTQuantile } from "./studentT";

/** A squared norm estimated from independent groups, with an interval. */
export interface SquaredNorm {
  /** Unbiased estimate of ‖E d‖²; may be negative. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * ‖E d‖² from G independent group means d_1 … d_G: the mean of ⟨d_i, d_j⟩ over i ≠ j, so no noise is squared. Its standard error is
 * the jackknife's, which is too large rather than too small where E d = 0, and the interval is Student's with G − 1 degrees of freedom.
 *
 * @param gram ⟨d_i, d_j⟩, G × G row-major
 * @param tail probability left outside at each side
 */
export function squaredNorm(gram: Float64Array, groups: number, tail: number): SquaredNorm {
  const G = groups;
  let total = 0;
  const rowSums = new Float64Array(G);
  for (let i = 0; i < G; i++) {
    for (let j = 0; j < G; j++) {
      if (i === j) continue;
      rowSums[i]! += gram[i * G + j]!;
      total += gram[i * G + j]!;
    }
  }
  const value = total / (G * (G - 1));
  let spread = 0;
  for (let i = 0; i < G; i++) {
    const without = (total - 2 * rowSums[i]!) / ((G - 1) * (G - 2));
    spread += (without - value) ** 2;
  }
  const standardError = Math.sqrt(((G - 1) / G) * spread);
  const reach = studentTQuantile(1 - tail, G - 1) * standardError;
  return { value, low: value - reach, high: value + reach };
}

/** ⟨d_i, d_j⟩ of all pairs of groups. */
export function gramOf(groups: readonly Float64Array[]): Float64Array {
  const G = groups.length;
  const gram = new Float64Array(G * G);
  for (let i = 0; i < G; i++) {
    for (let j = 0; j <= i; j++) {
      const a = groups[i]!;
      const b = groups[j]!;
      let product = 0;
      for (let e = 0; e < a.length; e++) product += a[e]! * b[e]!;
      gram[i * G + j] = product;
      gram[j * G + i] = product;
    }
  }
  return gram;
}
