import { meanInterval } from "./meanInterval";

/**
 * Interval of the mean of values of both signs: positive and negative parts are skewed, like squared differences, and each gets the
 * interval of a mean of such values, together at `level`.
 *
 * @returns null where either part is, or all values are 0
 */
export function signedMeanInterval(values: readonly number[], level = 0.95): [number, number] | null {
  const parts = [values.map((value) => Math.max(0, value)), values.map((value) => Math.max(0, -value))];
  const empty = parts.map((part) => part.every((value) => value === 0));
  const own = empty.some(Boolean) ? level : (1 + level) / 2;
  const [positive, negative] = parts.map((part, i) => (empty[i] ? ([0, 0] as const) : meanInterval([part], own)));
  if (!positive || !negative || (empty[0] && empty[1])) return null;
  return [positive[0] - negative[1], positive[1] - negative[0]];
}
