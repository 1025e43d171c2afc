/**
 * Exponential average over the past with time constant τ in steps, right for uneven spacing:
 * s_i = Σ_j≤i v_j exp(−(t_i − t_j)/τ) / Σ_j≤i exp(−(t_i − t_j)/τ). Starts unbiased; values that are not finite are left out.
 */
export function smooth(steps: ArrayLike<number>, values: ArrayLike<number>, timeConstant: number): Float64Array {
  const result = new Float64Array(values.length);
  let sum = 0;
  let weight = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    const gap = index === 0 ? 0 : (steps[index] ?? 0) - (steps[index - 1] ?? 0);
    const decay = timeConstant > 0 ? Math.exp(-gap / timeConstant) : 0;
    sum *= decay;
    weight *= decay;
    if (Number.isFinite(value)) {
      sum += value;
      weight += 1;
    }
    result[index] = weight > 0 ? sum / weight : NaN;
  }
  return result;
}
