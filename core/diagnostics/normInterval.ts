import { chiSquaredQuantile } from "./chiSquared";
import { studentTQuantile } from "./studentT";

/** A squared norm estimated from independent groups, with an interval. */
export interface SquaredNorm {
  /** Unbiased estimate of ‖E d‖²; may be negative. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * ‖E d‖² = θ from G independent group means d_1 … d_G. The estimate U is the mean of ⟨d_i, d_j⟩ over i ≠ j, so no noise is squared;
 * with covariance Σ of a group it has Var U = 4 δᵀΣδ/G + 2 tr Σ²/(G(G − 1)). The interval holds every θ that U does not contradict,
 * its variance taken at that θ and not at the estimate: where the bias drowns in noise U is often near or below zero with little spread
 * of its own, and an interval from that spread would promise a small bias that nobody has seen.
 *
 * δᵀΣδ/θ is the groups' variance along their mean, tr Σ² the mean square of their centred products. Above, the quantile is that of a
 * chi-squared variable with tr²Σ/tr Σ² degrees of freedom; both sides are widened as Student's t with G − 1.
 *
 * @param gram ⟨d_i, d_j⟩, G × G row-major
 * @param tail probability left outside at each side
 */
export function squaredNorm(gram: Float64Array, groups: number, tail: number): SquaredNorm {
  const G = groups;
  const towardsMean = new Float64Array(G); // ⟨d_i, d̄⟩
  let meanNorm = 0; // ‖d̄‖²
  let ownNorms = 0;
  for (let i = 0; i < G; i++) {
    for (let j = 0; j < G; j++) towardsMean[i]! += gram[i * G + j]! / G;
    meanNorm += towardsMean[i]! / G;
    ownNorms += gram[i * G + i]!;
  }
  const value = (G * G * meanNorm - ownNorms) / (G * (G - 1));
  const trace = (ownNorms - G * meanNorm) / (G - 1); // tr Σ
  let along = 0;
  let products = 0;
  for (let i = 0; i < G; i++) {
    along += (towardsMean[i]! - meanNorm) ** 2 / (G - 1);
    for (let j = 0; j < i; j++) {
      const centred = gram[i * G + j]! - towardsMean[i]! - towardsMean[j]! + meanNorm; // has the mean −tr Σ/G
      products += (centred + trace / G) ** 2 / ((G * (G - 1)) / 2);
    }
  }
  const slope = meanNorm > 0 ? (4 * along) / meanNorm / G : 0;
  const base = (2 * products) / (G * (G - 1));
  const t = studentTQuantile(1 - tail, G - 1);
  const degreesOfFreedom = products > 0 ? Math.max(1, Math.min(1e6, trace ** 2 / products)) : 1;
  const skewed = (chiSquaredQuantile(1 - tail, degreesOfFreedom) - degreesOfFreedom) / Math.sqrt(2 * degreesOfFreedom);
  const above = (skewed * t) / studentTQuantile(1 - tail, Infinity);
  // The θ at which U is q standard deviations away: (U − θ)² = q² (slope θ + base).
  const centre = (q: number): number => value + (q * q * slope) / 2;
  const reach = (q: number): number => Math.sqrt(Math.max(0, centre(q) ** 2 - value ** 2 + q * q * base));
  const atZero = above * Math.sqrt(base);
  return {
    value,
    low: value > atZero ? centre(above) - reach(above) : value - atZero,
    high: Math.max(0, value, centre(t) + reach(t)),
  };
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
