/** Index of the first entry that is at least `value` in an ascending list. */
export function lowerBound(ascending: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Indices to draw so that a line looks the same at `buckets` pixels: first, lowest, highest and last point of every pixel, and
 * one point outside on either side. NaN (unknown) stays as one index per gap, so that the line breaks there.
 */
export function decimate(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  domain: readonly [number, number],
  buckets: number,
): number[] {
  const start = Math.max(0, lowerBound(steps, domain[0]) - 1);
  const end = Math.min(steps.length, lowerBound(steps, domain[1]) + 2);
  if (end - start <= buckets * 4) return Array.from({ length: end - start }, (_, offset) => start + offset);
  const kept: number[] = [];
  const width = (domain[1] - domain[0]) / buckets;
  let index = start;
  while (index < end) {
    const bucket = Math.floor(((steps[index] ?? 0) - domain[0]) / width);
    const first = index;
    let lowest = -1;
    let highest = -1;
    let gap = -1;
    while (index < end && Math.floor(((steps[index] ?? 0) - domain[0]) / width) === bucket) {
      const value = values[index] ?? NaN;
      if (Number.isNaN(value)) gap = index;
      else {
        if (lowest < 0 || value < (values[lowest] ?? NaN)) lowest = index;
        if (highest < 0 || value > (values[highest] ?? NaN)) highest = index;
      }
      index++;
    }
    const chosen = [...new Set([first, lowest, highest, gap, index - 1])].filter((entry) => entry >= 0);
    kept.push(...chosen.sort((a, b) => a - b));
  }
  return kept;
}
