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
  const values: number[] = [];
  for (const rho of ratio) {
    const low = Math.max(-rho, projection[0]);
    const high = Math.min(rho, projection[1]);
    const inside = -rho * rho > low && -rho * rho < high ? [-rho * rho] : [];
    for (const p of [Math.min(low, high), Math.max(low, high), ...inside]) values.push(cosine(p, rho));
  }
  return [Math.min(...values), Math.max(...values)];
}

/** The cosine at p = ⟨μ, G⟩/‖G‖² and ρ = ‖μ‖/‖G‖. */
export function cosine(p: number, rho: number): number {
  const square = 1 + 2 * p + Math.max(rho, Math.abs(p)) ** 2;
  return square > 0 ? Math.max(-1, Math.min(1, (1 + p) / Math.sqrt(square))) : 0;
}
