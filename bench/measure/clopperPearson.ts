/** Clopper and Pearson's interval of a rate of `count` out of `n`: never covers less than its level. */
export function clopperPearson(count: number, n: number, level = 0.95): [number, number] {
  const tail = (1 - level) / 2;
  const solve = (wanted: (p: number) => boolean): number => {
    let [below, above] = [0, 1];
    for (let i = 0; i < 60; i++) {
      const middle = (below + above) / 2;
      if (wanted(middle)) below = middle;
      else above = middle;
    }
    return below;
  };
  return [
    count === 0 ? 0 : solve((p) => 1 - atMost(count - 1, n, p) <= tail),
    count === n ? 1 : solve((p) => atMost(count, n, p) >= tail),
  ];
}

/** P(X ≤ k) of a binomial variable. */
export function atMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  if (p <= 0) return 1;
  if (p >= 1) return 0;
  let term = n * Math.log1p(-p);
  let total = Math.exp(term);
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p);
    total += Math.exp(term);
  }
  return Math.min(1, total);
}
