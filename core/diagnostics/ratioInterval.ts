import { studentTQuantile } from "./studentT";

/** Pairs that must carry both sums: fewer, and the next pair may show their size. */
const MIN_EFFECTIVE = 12;

/**
 * Confidence interval of E a / E b from independent pairs of non-negative values such as squared differences with and without a control
 * variate: the jackknife's error of log ā/b̄, with Student's quantile
 * at half the number of pairs that carry the sums.
 *
 * Simulated coverage at 95 % for squares of correlated normal, Laplace and Student-t₅ values: at least 95 % from 64 pairs on (test/unit/diagnostics).
 *
 * @returns null where fewer than 12 pairs carry the sums, or a sum is 0
 */
export function ratioInterval(a: readonly number[], b: readonly number[], level = 0.95): [number, number] | null {
  const [sumA, sumB] = [total(a), total(b)];
  if (!(sumA > 0) || !(sumB > 0) || !Number.isFinite(sumA + sumB)) return null;
  const effective = Math.min(carrying(a, sumA), carrying(b, sumB));
  if (effective < MIN_EFFECTIVE) return null;
  const n = a.length;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const [shareA, shareB] = [a[i]! / sumA, b[i]! / sumB];
    // As the jackknife does: what leaving the pair out changes, more than its part in the sums.
    squares += ((shareA - shareB) / (1 - Math.max(shareA, shareB))) ** 2;
  }
  const error = Math.sqrt((squares * n) / (n - 1));
  const width = studentTQuantile(1 - (1 - level) / 2, effective / 2) * error;
  const ratio = sumA / sumB;
  return [ratio * Math.exp(-width), ratio * Math.exp(width)];
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** (Σ x)² / Σ x²: n where all are alike, 1 where one is all. */
function carrying(values: readonly number[], sum: number): number {
  return sum ** 2 / values.reduce((squares, value) => squares + value * value, 0);
}
