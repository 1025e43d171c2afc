import { scaleLinear, scaleLog, ticks, type ScaleContinuousNumeric } from "d3";
import type { ChartSeries } from "./series";
import { lowerBound } from "./decimate";

/** Lowest and highest value shown between two steps, error bars and bands included; null when there is none. */
export function valueExtent(
  series: readonly ChartSeries[],
  domain: readonly [number, number],
  log: boolean,
): readonly [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  const take = (value: number | undefined): void => {
    if (value === undefined || !Number.isFinite(value) || (log && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const { steps, values, low: lows, high: highs } of series) {
    const end = Math.min(steps.length, lowerBound(steps, domain[1]) + 1);
    for (let index = Math.max(0, lowerBound(steps, domain[0]) - 1); index < end; index++) {
      take(values[index]);
      take(lows?.[index]);
      take(highs?.[index]);
    }
  }
  return low <= high ? [low, high] : null;
}

/** A scale over an extent with some room around it; a single value gets room too. */
export function valueScale(
  extent: readonly [number, number] | null,
  log: boolean,
  range: readonly [number, number],
): ScaleContinuousNumeric<number, number> {
  const [low, high] = extent ?? (log ? [0.1, 10] : [0, 1]);
  if (log) {
    const room = Math.max((high / low) ** 0.06, 1.1);
    return scaleLog()
      .domain([low / room, high * room])
      .range(range);
  }
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  const floor = low >= 0 && low < (high - low) * 0.3 ? 0 : low - room;
  return scaleLinear()
    .domain([floor, high + room])
    .range(range);
}

/** Round values on a log axis: decades, thinned when there are many; 1-2-5, then linear steps when there are few. */
export function logTicks(domain: readonly number[], wanted: number): readonly number[] {
  const [low = 1, high = 10] = domain;
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const within = (mantissas: readonly number[]): number[] =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index)
      .flatMap((exponent) => mantissas.map((mantissa) => Number(`${mantissa}e${exponent}`)))
      .filter((value) => value >= low && value <= high);
  const decades = within([1]);
  if (decades.length > wanted) {
    const every = Math.ceil(decades.length / wanted);
    return decades.filter((_, index) => (decades.length - 1 - index) % every === 0);
  }
  if (decades.length >= 3) return decades;
  const fine = [
    [1, 3],
    [1, 2, 5],
  ]
    .map(within)
    .filter(({ length }) => length >= 3 && length <= wanted + 1);
  return fine.at(-1) ?? (decades.length >= 2 ? decades : ticks(low, high, wanted));
}
