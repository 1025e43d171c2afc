import { chiSquaredQuantile } from "./chiSquared";

/** Values below which an interval is not attempted. */
const MIN_VALUES = 8;

/**
 * Confidence interval of a mean of non-negative, skewed values such as squared differences of gradients.
 *
 * The mean is taken as a scaled chi-squared variable with the measured first two moments, as in Fay and Feuer's gamma interval
 * (Statistics in Medicine 16, 1997). Skewed samples look too good until their tail has shown, so the upper limit adds
 * 3 (1 + 8/n)/n of the distance from the mean to the largest value: by the rule of three, a share of 3/n may not have been seen.
 * Simulated coverage at 95 %: at least 94 % for squared differences of normal, Laplace and Student-t₅ gradients and for rare events
 * from 8 values on. Log-normal gradients (σ = 1), whose kurtosis is 111, reach 91 % at 16 values and 95 % at 50.
 *
 * @param strata groups of equal size whose means are averaged; each varies about its own mean
 * @returns null for fewer than 8 values, or when none differs from zero
 */
export function meanInterval(strata: readonly (readonly number[])[], level = 0.95): [number, number] | null {
  const n = strata.reduce((total, { length }) => total + length, 0);
  const degreesOfFreedom = n - strata.length;
  if (n < MIN_VALUES || degreesOfFreedom < 3) return null;
  let centre = 0;
  let largest = 0;
  for (const values of strata) {
    for (const value of values) {
      centre += value / n;
      largest = Math.max(largest, value);
    }
  }
  if (!(centre > 0) || !Number.isFinite(largest)) return null;
  let squares = 0;
  for (const values of strata) {
    const own = values.reduce((total, value) => total + value / values.length, 0);
    for (const value of values) squares += (value - own) ** 2;
  }
  // A scaled chi-squared variance's mean reciprocal: dividing by ν − 2 instead of ν keeps the interval wide where ν is small.
  const variance = squares / (degreesOfFreedom - 2) / n;
  if (variance <= 1e-16 * centre * centre) return [centre, centre];
  const tail = (1 - level) / 2;
  const unseen = (3 * (1 + 8 / n) * (largest - centre)) / n;
  const shape = (value: number, spread: number): number => (2 * value * value) / spread;
  const below = shape(centre, variance);
  const above = shape(centre + unseen, variance + unseen * unseen);
  return [
    (centre * chiSquaredQuantile(tail, below)) / below,
    ((centre + unseen) * chiSquaredQuantile(1 - tail, above)) / above,
  ];
}
