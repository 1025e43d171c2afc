import { studentTQuantile } from "../../core/diagnostics/studentT";

/** Left out at either end: a machine that is slow for a moment spoils some of the values, either way. */
const TRIM = 0.1;

/**
 * The mean of what is left when a tenth at either end is left out, with its interval: Tukey and McLaughlin's (Sankhyā A 25, 1963), the
 * Winsorised standard deviation over (1 − 2·0.1) √n, Student's quantile at as many values as are left, less one.
 *
 * @param values at least 5 of them
 */
export function trimmedMean(
  values: readonly number[],
  level = 0.95,
): { readonly mean: number; readonly low: number; readonly high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const cut = Math.floor(TRIM * n);
  const kept = sorted.slice(cut, n - cut);
  const mean = average(kept);
  const winsorised = sorted.map((value) => Math.min(kept.at(-1)!, Math.max(kept[0]!, value)));
  const centre = average(winsorised);
  const variance = winsorised.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  const error = Math.sqrt(variance / n) / (kept.length / n);
  const width = studentTQuantile(1 - (1 - level) / 2, kept.length - 1) * error;
  return { mean, low: mean - width, high: mean + width };
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
