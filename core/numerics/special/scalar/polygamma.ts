/** Bernoulli numbers B_2, B_4, …, B_20. */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
];

/** ψ(x) = d log Γ(x) / dx in double precision; NaN at 0, −1, −2, … */
export function digamma(x: number): number {
  if (x <= 0) return Number.isInteger(x) ? NaN : digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let sum = 0;
  let y = x;
  for (; y < 10; y++) sum -= 1 / y;
  const square = 1 / (y * y);
  let series = 0;
  for (let k = bernoulli.length - 1; k >= 0; k--) series = (series + bernoulli[k]! / (2 * k + 2)) * square;
  return sum + Math.log(y) - 0.5 / y - series;
}

/**
 * ψ⁽ⁿ⁾(x), the n-th derivative of ψ, for x > 0 and n ≥ 1, in double precision: recurrence up to n + 12, then the asymptotic series
 * (−1)ⁿ⁺¹ [(n−1)!/xⁿ + n!/(2xⁿ⁺¹) + Σ_k B_2k (2k+n−1)! / ((2k)! x²ᵏ⁺ⁿ)]. NaN for x ≤ 0.
 */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (!(x > 0)) return NaN;
  let factorial = 1; // n!
  for (let i = 2; i <= n; i++) factorial *= i;
  let sum = 0;
  let y = x;
  for (; y < n + 12; y++) sum += factorial * y ** -(n + 1);
  let term = factorial / (n * y ** n); // (n − 1)! / yⁿ
  sum += term + factorial / (2 * y ** (n + 1));
  const square = 1 / (y * y);
  for (let k = 1; k <= bernoulli.length; k++) {
    // From (2k + n − 3)! / (2k − 2)! to (2k + n − 1)! / (2k)!
    term *= ((2 * k + n - 1) * (2 * k + n - 2) * square) / (2 * k * (2 * k - 1));
    sum += bernoulli[k - 1]! * term;
  }
  return n % 2 === 1 ? sum : -sum;
}
