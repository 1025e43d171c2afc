import { logGamma } from "./logGamma";
import { digamma } from "./polygamma";

/** Rounds of a series or fraction after which it counts as converged; far above what shapes up to 1e8 need. */
const maxRounds = 200_000;

/**
 * P(a, x) = γ(a, x)/Γ(a), the distribution function of a gamma variable with shape a and rate 1, and what its derivative needs,
 * in double precision. Series below a + 1, Legendre's continued fraction above.
 *
 * @param a shape, above 0
 * @param x at least 0
 * @returns `lower` P, `upper` 1 − P, `dShape` ∂P/∂a, and `path` = −(∂P/∂a)/p(x) = dx/da at fixed P, which neither over- nor underflows
 */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number; dShape: number; path: number } {
  if (!(a > 0) || !(x >= 0)) return { lower: NaN, upper: NaN, dShape: NaN, path: NaN };
  if (x === 0) return { lower: 0, upper: 1, dShape: 0, path: 0 };
  if (x === Infinity) return { lower: 1, upper: 0, dShape: 0, path: Infinity };
  const logX = Math.log(x);
  const density = Math.exp((a - 1) * logX - x - logGamma(a)); // p(x)
  if (x < a + 1) {
    // P = x p(x)/a · Σ_n xⁿ / ((a+1)…(a+n))
    let term = 1;
    let sum = 1;
    let harmonic = 0; // Σ_k 1/(a + k)
    let slope = 0; // −dΣ/da
    for (let n = 1; n < maxRounds; n++) {
      term *= x / (a + n);
      harmonic += 1 / (a + n);
      sum += term;
      slope += term * harmonic;
      if (term * (1 + harmonic) < sum * 1e-17) break;
    }
    const derivative = (x / a) * ((logX - digamma(a + 1)) * sum - slope); // (∂P/∂a)/p(x)
    const lower = Math.min(1, ((x * density) / a) * sum);
    return { lower, upper: 1 - lower, dShape: derivative * density, path: -derivative };
  }
  // Q = x p(x) · h, h = 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − …)), with dh/da carried along (Lentz, in the form of ratios c and d).
  let b = x + 1 - a;
  let d = 1 / b;
  let dd = d * d; // dd/da, since db/da = −1
  let c = Infinity;
  let dc = 0;
  let h = d;
  let dh = dd;
  for (let n = 1; n < maxRounds; n++) {
    const coefficient = -n * (n - a);
    b += 2;
    const below = b + coefficient * d;
    const dBelow = -1 + n * d + coefficient * dd;
    const above = n === 1 ? b : b + coefficient / c;
    const dAbove = n === 1 ? -1 : -1 + n / c - (coefficient * dc) / (c * c);
    // The first round's c is infinite: c₁ = b₁ + a₁/∞.
    d = 1 / below;
    dd = -dBelow * d * d;
    c = above;
    dc = dAbove;
    const factor = c * d;
    dh = dh * factor + h * (dc * d + c * dd);
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16 && Math.abs(dc * d + c * dd) * h <= Math.abs(dh) * 1e-15 + 1e-300) break;
  }
  const derivative = x * ((logX - digamma(a)) * h + dh); // (∂Q/∂a)/p(x)
  const upper = Math.min(1, x * density * h);
  return { lower: 1 - upper, upper, dShape: -derivative * density, path: derivative };
}
