/** Beyond so many times the draws so far nobody can say how many are needed. */
const MOST = 1000;

/**
 * Draws that would about decide whether a relative bias lies above or below the margin, if the interval shrinks with the root of the
 * draws and the estimate stays where it is; null when that cannot be said.
 *
 * @param draws so far
 */
export function moreDraws(
  relativeBias: number | null,
  interval: readonly [number, number] | null,
  margin: number,
  draws: number,
): number | null {
  if (relativeBias === null || interval === null) return null;
  const reach = relativeBias < margin ? interval[1] - relativeBias : relativeBias - interval[0];
  const distance = Math.abs(margin - relativeBias);
  const times = (reach / distance) ** 2;
  if (!(times < MOST)) return null;
  return roundUp(Math.max(0.1, times - 1) * draws);
}

/** To two significant digits: more would promise too much. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / unit - 1e-6) * unit;
}
