/** p-value of the Kolmogorov–Smirnov test that `uniforms` come from (0, 1), by the asymptotic law; sorts its argument. */
export function kolmogorovSmirnov(uniforms: Float32Array): number {
  uniforms.sort();
  const n = uniforms.length;
  let distance = 0;
  for (let i = 0; i < n; i++) distance = Math.max(distance, uniforms[i]! - i / n, (i + 1) / n - uniforms[i]!);
  const lambda = distance * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  if (lambda < 0.2) return 1;
  let p = 0;
  for (let k = 1; k <= 100; k++) p += 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, p));
}
