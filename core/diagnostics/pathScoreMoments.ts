import type { PathScore } from "../protocol/variance";
import { meanInterval } from "./meanInterval";
import type { PairMoments } from "./pairMoments";
import { ratioInterval } from "./ratioInterval";
import { signedMeanInterval } from "./signedMeanInterval";
import { studentTQuantile } from "./studentT";

/** Pairs below which nothing is said of an interval. */
const MIN_PAIRS = 8;
/** What float32 gradients leave unknown of a ratio: path and score may be proportional, and then nothing else does. */
const ROUNDING = 1e-5;

/** Variances and covariance of the path and score part of one parameter's gradient, from pairs of replicates of single examples. */
export class PathScoreMoments {
  private readonly path: number[] = [];
  private readonly score: number[] = [];
  private readonly product: number[] = [];

  /** Several measurements taken together. */
  static pooled(parts: readonly PathScoreMoments[]): PathScoreMoments {
    const pooled = new PathScoreMoments();
    for (const { path, score, product } of parts) pooled.push(path, score, product);
    return pooled;
  }

  add({ first, second, product }: PairMoments): void {
    this.push(first, second, product);
  }

  private push(path: Iterable<number>, score: Iterable<number>, product: Iterable<number>): void {
    for (const value of path) this.path.push(value);
    for (const value of score) this.score.push(value);
    for (const value of product) this.product.push(value);
  }

  /** False where log q of no value depends on the parameter, so that there is no score. */
  get hasScore(): boolean {
    return this.score.some((value) => value > 0);
  }

  /** @param batchSize B: the estimate is a mean over B examples */
  result(batchSize: number, level = 0.95): Omit<PathScore, "name" | "shape"> {
    const { path, score, product } = this;
    const overBatch = (interval: readonly [number, number] | null): [number, number] | null =>
      interval ? [interval[0] / batchSize, interval[1] / batchSize] : null;
    const spread = mean(score);
    const covariance = mean(product);
    // ½‖path + score − path' − score'‖² of each pair; inner products leave a rounding error that may be below zero.
    const total = path.map((value, i) => Math.max(0, value + 2 * product[i]! + score[i]!));
    return {
      pathVariance: mean(path) / batchSize,
      pathInterval: overBatch(meanInterval([path], level)),
      scoreVariance: spread / batchSize,
      scoreInterval: overBatch(meanInterval([score], level)),
      covariance: covariance / batchSize,
      covarianceInterval: overBatch(signedMeanInterval(product, level)),
      bestCoefficient: spread > 0 ? 1 + covariance / spread : null,
      interval: coefficientInterval(product, score, level),
      pathToTotal: mean(total) > 0 ? mean(path) / mean(total) : null,
      pathToTotalInterval: shareInterval(path, total, spread, level),
      level,
      draws: 2 * path.length,
    };
  }
}

/**
 * Fieller's interval of 1 + E[product]/E[score]: the c for which the mean of product − (c − 1) score is not told from zero. Null
 * where that is no interval, because the score's own variance is not told from zero.
 */
function coefficientInterval(
  product: readonly number[],
  score: readonly number[],
  level: number,
): [number, number] | null {
  const n = score.length;
  const spread = mean(score);
  if (n < MIN_PAIRS || !(spread > 0)) return null;
  const ratio = mean(product) / spread;
  const squaredT = studentTQuantile((1 + level) / 2, n - 1) ** 2 / (n - 1) / n;
  let [ss, sr, rr] = [0, 0, 0];
  const residuals = score.map((value, i) => {
    const r = product[i]! - ratio * value;
    const s = value - spread;
    ss += s * s;
    sr += s * r;
    rr += r * r;
    return Math.abs(r);
  });
  // With θ = c − 1 − ratio: (θ E s)² ≤ t² (rr − 2 θ sr + θ² ss), a quadratic in θ that is an interval only if a > 0.
  const a = spread * spread - squaredT * ss;
  if (!(a > 0)) return null;
  const root = Math.sqrt(Math.max(0, (squaredT * sr) ** 2 + a * squaredT * rr));
  const extra = unseen(residuals) / spread + ROUNDING * (1 + Math.abs(ratio));
  return [1 + ratio + (-squaredT * sr - root) / a - extra, 1 + ratio + (-squaredT * sr + root) / a + extra];
}

/** Interval of E[path]/E[total], widened by what float32 gradients of the score's size leave unknown of it. */
function shareInterval(
  path: readonly number[],
  total: readonly number[],
  scoreSpread: number,
  level: number,
): [number, number] | null {
  const interval = ratioInterval(path, total, level);
  if (!interval) return null;
  const unknown = ROUNDING * (1 + interval[1]) * (1 + scoreSpread / mean(total));
  return [Math.max(0, interval[0] - unknown), interval[1] + unknown];
}

/** By the rule of three, a share of 3/n may not have been seen; a little more where n is small. */
function unseen(deviations: readonly number[]): number {
  const n = deviations.length;
  return (3 * (1 + 8 / n) * deviations.reduce((most, d) => Math.max(most, d), 0)) / n;
}

function mean(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}
