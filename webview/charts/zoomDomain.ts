/** First and last step shown; null elsewhere means everything. */
export type ZoomDomain = readonly [number, number];

/** Fewest steps that fill a chart. */
const smallestSpan = 4;

/** Keeps a zoom inside the data's extent without changing its span; null when it covers everything. */
export function clampDomain(domain: ZoomDomain, extent: ZoomDomain): ZoomDomain | null {
  const span = Math.max(domain[1] - domain[0], smallestSpan);
  if (span >= extent[1] - extent[0]) return null;
  const low = Math.min(Math.max(domain[0], extent[0]), extent[1] - span);
  return [low, low + span];
}

/** Zooms by a factor (below 1 is closer) about a step that keeps its place. */
export function zoomDomain(domain: ZoomDomain, factor: number, centre: number, extent: ZoomDomain): ZoomDomain | null {
  const span = Math.max((domain[1] - domain[0]) * factor, smallestSpan);
  const share = (centre - domain[0]) / (domain[1] - domain[0] || 1);
  return clampDomain([centre - share * span, centre + (1 - share) * span], extent);
}

/** Moves by a number of steps, as far as there is data. */
export function panDomain(domain: ZoomDomain, steps: number, extent: ZoomDomain): ZoomDomain | null {
  return clampDomain([domain[0] + steps, domain[1] + steps], extent);
}
