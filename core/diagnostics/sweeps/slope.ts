import type { Measured } from "../../protocol/sweep";
import { normalQuantile } from "../../numerics/special/scalar/normalQuantile";

export interface Slope {
  readonly exponent: number;
  readonly interval: readonly [number, number] | null;
  readonly points: number;
}

/** Points that an exponent is fitted to at least. */
const FEWEST = 3;

/**
 * The exponent a of y ∝ x^a by least squares in logarithms, over the larger half of the points (at least three): what the curve tends to.
 * The interval follows from those of the points, taken as independent; that the curve may still be bending is not in it.
 *
 * @returns null where one of those points is unknown or cannot be told from 0
 */
export function slope(values: readonly number[], measured: readonly Measured[], level: number): Slope | null {
  const rest = values.map((x, i) => ({ x, ...measured[i]! })).slice(-Math.max(FEWEST, Math.ceil(values.length / 2)));
  const last = rest.flatMap(({ x, value, interval }) =>
    value !== null && value > 0 && (interval === null || interval[0] > 0)
      ? [{ x: Math.log(x), y: Math.log(value), interval }]
      : [],
  );
  if (last.length < rest.length || last.length < FEWEST) return null;
  const centre = last.reduce((sum, { x }) => sum + x, 0) / last.length;
  const spread = last.reduce((sum, { x }) => sum + (x - centre) ** 2, 0);
  if (!(spread > 0)) return null;
  const exponent = last.reduce((sum, { x, y }) => sum + ((x - centre) * y) / spread, 0);
  const z = normalQuantile(1 - (1 - level) / 2);
  let variance: number | null = 0;
  for (const { x, interval } of last) {
    if (variance === null || !interval) variance = null;
    else variance += (((x - centre) / spread) * (Math.log(interval[1] / interval[0]) / 2 / z)) ** 2;
  }
  const error = variance === null ? null : z * Math.sqrt(variance);
  return { exponent, interval: error === null ? null : [exponent - error, exponent + error], points: last.length };
}
