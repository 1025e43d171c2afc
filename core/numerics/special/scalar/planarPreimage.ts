/**
 * The t at which t + (σ − 1) tanh t = r, σ > 0: the left side grows for every t, so there is one. Newton's method inside a bracket that
 * closes in, |t| between |r| and |r| + 1 − σ; double precision.
 */
export function planarPreimage(r: number, sigma: number): number {
  if (!(sigma > 0) || !Number.isFinite(r) || !Number.isFinite(sigma)) return NaN;
  if (r === 0) return 0;
  const goal = Math.abs(r);
  const edge = goal + 1 - sigma;
  let low = Math.max(0, Math.min(goal, edge));
  let high = Math.max(goal, edge);
  let t = (low + high) / 2;
  for (let iteration = 0; iteration < 100; iteration++) {
    const h = Math.tanh(t);
    const excess = t + (sigma - 1) * h - goal;
    if (excess === 0) break;
    if (excess > 0) high = t;
    else low = t;
    const next = t - excess / (h * h + sigma * (1 - h * h));
    const inside = next >= low && next <= high ? next : (low + high) / 2;
    if (Math.abs(inside - t) <= Number.EPSILON * inside) break;
    t = inside;
  }
  return r < 0 ? -t : t;
}
