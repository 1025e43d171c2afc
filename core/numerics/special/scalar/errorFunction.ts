import { normalQuantile } from "./normalQuantile";

const twoOverRootPi = 1.12837916709551257389615890312;

/** erf(x) = 2/√π ∫₀ˣ exp(−t²) dt in double precision. */
export function erf(x: number): number {
  if (Math.abs(x) < 2) return series(x);
  return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
}

/** erfc(x) = 1 − erf(x), without cancellation for large x. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  return (Math.exp(-x * x) * (twoOverRootPi / 2)) / continuedFraction(x);
}

/** Inverse of erf on (−1, 1), ∓∞ at the ends; without loss near 0. */
export function erfinv(y: number): number {
  if (Math.abs(y) > 1 || Number.isNaN(y)) return NaN;
  if (Math.abs(y) < 1e-3) {
    const x = y / twoOverRootPi;
    return x * (1 + x * x * (1 / 3 + x * x * (7 / 30)));
  }
  // (1 − |y|)/2 is exact, (1 + |y|)/2 is not.
  return -Math.sign(y) * normalQuantile((1 - Math.abs(y)) / 2) * Math.SQRT1_2;
}

/** Φ(x), the standard normal distribution function, exact in the lower tail. */
export function normalCdf(x: number): number {
  return x < 0 ? 0.5 * erfc(-x * Math.SQRT1_2) : 0.5 + 0.5 * erf(x * Math.SQRT1_2);
}

/** 2/√π e^(−x²) Σ_n 2ⁿ x²ⁿ⁺¹ / (2n + 1)!!, all terms of one sign. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return twoOverRootPi * Math.exp(-x * x) * sum;
}

/** x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))), from its tail. */
function continuedFraction(x: number): number {
  if (x > 1e8) return x;
  let value = x;
  for (let k = Math.ceil(20 + 400 / (x * x)); k >= 1; k--) value = x + k / 2 / value;
  return value;
}
