import type { Measured } from "../../protocol/sweep";
import { meanInterval } from "../meanInterval";
import { NoiseMoments } from "../noiseMoments";
import { type NormBounds, normBounds } from "../normBounds";
import { unknown } from "./gradientMoments";

/** Rows that must carry the noise before anything is said: fewer, and it may be the next row that shows its size. */
const MIN_EFFECTIVE_ROWS = 30;
/** Variance below this share of the squared mean is what float32 leaves of none. */
const ROUNDING = 1e-10;

/** Mean and noise of row gradients, of one tensor or of all together, from their sums and inner products. */
export class RowMoments {
  private readonly noise = new NoiseMoments();
  private readonly pairs: number[][];
  private freedom = 0;
  private rows = 0;

  /** @param examples m: rows that differ in more than noise */
  constructor(
    private readonly examples: number,
    private readonly batchSize: number,
  ) {
    this.pairs = Array.from({ length: examples }, () => []);
  }

  /** @param gram inner products of R·m rows, replicate-major, of the m examples from `from` on */
  add(gram: ArrayLike<number>, from: number, m: number, R: number): void {
    const n = m * R;
    this.noise.add(gram, m, R);
    this.freedom += R - 1;
    this.rows += n;
    for (let b = 0; b < m; b++) {
      for (let r = 0; r + 1 < R; r += 2) {
        const i = r * m + b;
        const j = i + m;
        this.pairs[from + b]!.push(Math.max(0, (gram[i * n + i]! + gram[j * n + j]! - 2 * gram[i * n + j]!) / 2));
      }
    }
  }

  /** ‖mean‖ and its bounds. @param square ‖mean of all rows‖²; @param scale squared size beside which noise may be rounding */
  norm(square: number, scale: number, level: number): NormBounds | null {
    const summary = this.noise.summary();
    if (!Number.isFinite(square) || !Number.isFinite(summary.trace)) return null;
    const still = summary.trace <= ROUNDING * scale;
    if (!still && summary.effectiveRows < MIN_EFFECTIVE_ROWS) return null;
    const noise = still ? { trace: 0, traceSquare: 0, largest: 0, effectiveRows: Infinity } : summary;
    return normBounds(square, noise, this.rows, (1 - level) / 2, 1 + 1 / Math.max(1, this.freedom));
  }

  /** Variance of one estimate of the batch mean. */
  variance(scale: number, level: number): Measured {
    const { trace, effectiveRows } = this.noise.summary();
    if (!Number.isFinite(trace)) return unknown;
    if (trace <= ROUNDING * scale) return { value: 0, interval: null };
    if (effectiveRows < MIN_EFFECTIVE_ROWS) return unknown;
    const value = trace / this.batchSize;
    // With enough pairs the examples are held fixed; with few, their own differences count as noise too.
    const many = this.examples === 1 || this.pairs[0]!.length >= 4;
    const strata = many ? this.pairs : [this.pairs.map((own) => own.reduce((sum, x) => sum + x, 0) / own.length)];
    const interval = meanInterval(strata, level);
    return {
      value,
      interval: interval && [
        Math.min(interval[0] / this.batchSize, value),
        Math.max(interval[1] / this.batchSize, value),
      ],
    };
  }
}
