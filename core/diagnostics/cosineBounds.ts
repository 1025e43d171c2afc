/**
 * Bounds of the cosine between E ĝ = G + μ and G, from those of ρ = ‖μ‖/‖G‖ and p = ⟨μ, G⟩/‖G‖²:
 * cos = (1 + p)/√(1 + 2p + ρ²). At given ρ it is least at p = −ρ² (then √(1 − ρ²)) or at an end, and greatest at an end.
 *
 * @returns null where E ĝ = 0 cannot be excluded
 */
export function cosineBounds(
  ratio: readonly [number, number],
  projection: readonly [number, number],
): [number, number] | null {
  if (ratio[1] >= 1 && projection[0] <= -1) return null;
  const values: (number | null)[] = [];
  for (const rho of ratio) {
    const low = Math.max(-rho, projection[0]);
    const high = Math.min(rho, projection[1]);
    const inside = -rho * rho > low && -rho * rho < high ? [-rho * rho] : [];
    for (const p of [Math.min(low, high), Math.max(low, high), ...inside]) values.push(cosine(p, rho));
  }
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : [Math.min(...known), Math.max(...known)];
}

/** ‖E ĝ‖²/‖G‖² below which the mean is zero but for rounding. */
const ZERO = 1e-12;

/** The cosine at p = ⟨μ, G⟩/‖G‖² and ρ = ‖μ‖/‖G‖; null where E ĝ = 0, which has no direction. */
export function cosine(p: number, rho: number): number | null {
  const square = 1 + 2 * p + Math.max(rho, Math.abs(p)) ** 2;
  return square > ZERO ? Math.max(-1, Math.min(1, (1 + p) / Math.sqrt(square))) : null;
}
