const POWER_STEPS = 24;

/** The largest eigenvalue of a symmetric matrix without negative ones, `[n, n]` row-major: by power iteration from the longest row. */
export function largestEigenvalue(matrix: Float64Array, n: number): number {
  let at = 0;
  for (let i = 1; i < n; i++) if (matrix[i * n + i]! > matrix[at * n + at]!) at = i;
  let vector: Float64Array = matrix.slice(at * n, (at + 1) * n);
  let value = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    let norm = 0;
    for (const x of vector) norm += x * x;
    norm = Math.sqrt(norm);
    if (!(norm > 0)) return 0;
    const next = new Float64Array(n);
    value = 0;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
      next[i] = sum / norm;
      value += next[i]! * next[i]!;
    }
    value = Math.sqrt(value);
    vector = next;
  }
  return value;
}
