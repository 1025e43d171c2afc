import { chiSquaredQuantile } from "./chiSquared";
import type { NoiseSummary } from "./noiseMoments";
import { studentTQuantile } from "./studentT";

/** ‖E d‖ from the mean of n independent rows of d, with bounds. */
export interface NormBounds {
  /** Unbiased estimate of ‖E d‖²; may be negative. */
  readonly square: number;
  readonly low: number;
  readonly high: number;
}

const ANGLES = 24;

/**
 * Bounds of θ = ‖E d‖ from U = ‖d̄‖² − tr Σ/n, d̄ = E d + e, e normal with covariance Σ/n (Σ of one row, rows independent).
 *
 * U − θ² = 2⟨E d, e⟩ + (‖e‖² − tr Σ/n). The first term's standard deviation is at most 2θ√(λ/n), λ the largest eigenvalue of Σ; the
 * second is a weighted sum of centred χ²₁ with variance 2 tr Σ²/n². Its right tail is taken as λ(χ²_f − f)/n with f = tr Σ²/λ², which
 * has the same variance and at least its skewness, since tr Σ³ ≤ λ tr Σ² (Buckley and Eagleson, 1988, with that bound), so
 *
 * low: the least θ with U ≤ θ² + 2zθ√(λ/n) + q, q that tail's quantile.
 * high: the largest θ with U ≥ min over φ of (θ − z cos φ √(λ/n))₊² − λ/n − z sin φ √(2(tr Σ² − λ²))/n: the direction of E d apart from
 * the others. For d of one element both are the ordinary |d̄| ± zσ/√n.
 *
 * z is Student's quantile with twice the effective rows as degrees of freedom, since Σ is estimated.
 *
 * @param tail probability left outside at each side
 * @param pairs share by which the pairs of rows fall short of n²; their variance grows by it
 */
export function normBounds(square: number, noise: NoiseSummary, rows: number, tail: number, pairs = 1): NormBounds {
  const trace = noise.trace / rows;
  const U = square - trace;
  if (!(noise.trace > 0)) return { square: U, low: Math.sqrt(Math.max(0, U)), high: Math.sqrt(Math.max(0, U)) };
  const z = studentTQuantile(1 - tail, Math.max(2, 2 * noise.effectiveRows));
  const wider = (z / studentTQuantile(1 - tail, Infinity)) ** 2;
  const largest = noise.largest / rows;
  const deviation = Math.sqrt(largest);
  const squares = (noise.traceSquare * pairs) / (rows * rows);
  const f = Math.max(1, squares / (largest * largest));
  const right = wider * largest * (chiSquaredQuantile(1 - tail, f) - f);
  const low = U > right ? Math.sqrt(z * z * largest + U - right) - z * deviation : 0;

  const rest = Math.sqrt(2 * Math.max(0, squares - largest * largest));
  const floor = Math.max(U, 0);
  const least = (theta: number): number => {
    let result = Infinity;
    for (let k = 0; k <= ANGLES; k++) {
      const phi = (k / ANGLES) * (Math.PI / 2);
      const along = Math.max(0, theta - z * Math.cos(phi) * deviation);
      result = Math.min(result, along * along - largest - z * Math.sin(phi) * rest);
    }
    return result;
  };
  let below = Math.sqrt(floor);
  let above = below + 2 * z * deviation + Math.sqrt(largest + z * rest);
  while (least(above) < floor) above *= 1.5;
  for (let step = 0; step < 50; step++) {
    const middle = (below + above) / 2;
    if (least(middle) <= floor) below = middle;
    else above = middle;
  }
  return { square: U, low: Math.max(0, low), high: above };
}
