/**
 * ‖mean‖ / √(total variance) of one estimate, from an estimate of ‖mean‖² without the noise that is squared in it.
 *
 * Null, unknown, where there is no variance, and where the estimate of ‖mean‖² is not above 0: the mean is then too small to be
 * told from the noise in it, which is not the same as a mean of zero.
 */
export function signalToNoise(squaredNorm: number, totalVariance: number): number | null {
  return totalVariance > 0 && squaredNorm > 0 ? Math.sqrt(squaredNorm / totalVariance) : null;
}
