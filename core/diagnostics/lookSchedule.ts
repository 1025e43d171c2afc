/** Each look comes after this many times the draws of the one before. */
const GROWTH = 1.5;

/** True when the measurements so far are looked at after `passes` passes: 1, 2, 3, 5, 8, 12, … */
export function isLook(passes: number): boolean {
  let at = 1;
  while (at < passes) at = Math.max(at + 1, Math.round(at * GROWTH));
  return at === passes;
}

/**
 * The share of the false-alarm rate that look k = 0, 1, … may use, 1/((k + 1)(k + 2)). All shares together are 1, however many looks
 * there will be, so one may stop at any of them.
 */
export function shareOfLook(look: number): number {
  return 1 / ((look + 1) * (look + 2));
}
