/**
 * P(at most k inversions) in a random permutation of n items, exact.
 *
 * The i-th item has a uniform number of inversions with those before it, 0 to i − 1, independent of the others, so the count is their
 * sum and its distribution their convolution.
 */
export function noMoreInversions(n: number, k: number): number {
  let probabilities = [1];
  for (let i = 2; i <= n; i++) {
    const next = new Array<number>(probabilities.length + i - 1).fill(0);
    let sum = 0; // of the last i probabilities
    for (let j = 0; j < next.length; j++) {
      sum += (probabilities[j] ?? 0) - (probabilities[j - i] ?? 0);
      next[j] = Math.max(0, sum) / i;
    }
    probabilities = next;
  }
  let total = 0;
  for (let j = 0; j <= Math.min(k, probabilities.length - 1); j++) total += probabilities[j]!;
  return Math.min(1, total);
}
