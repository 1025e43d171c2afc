import { meanInterval } from "./meanInterval";
import { signalToNoise } from "./signalToNoise";

/**
 * Variance of one parameter's gradient from pairs of replicates, taken apart into Monte Carlo and data parts (design, section 7).
 * All numbers describe one estimate of the gradient of a batch-mean loss over `batchSize` examples.
 */
export class VarianceAccumulator {
  /** ½‖g − g'‖² of every pair, by example. */
  private readonly pairs: number[][];
  private between = 0;
  private meanSquare = 0;
  private passes = 0;
  /** True when the passes are of different examples. */
  private mixed = false;

  /** Several measurements taken together, each of its own examples: the average over them, with all their differences behind it. */
  static pooled(parts: readonly VarianceAccumulator[]): VarianceAccumulator {
    const [first] = parts as [VarianceAccumulator];
    const pooled = new VarianceAccumulator(first.examples, first.batchSize, first.hasData);
    for (const part of parts) {
      part.pairs.forEach((values, b) => pooled.pairs[b]!.push(...values));
      pooled.between += part.between;
      pooled.meanSquare += part.meanSquare;
      pooled.passes += part.passes;
    }
    pooled.mixed = parts.length > 1;
    return pooled;
  }

  /**
   * @param examples m: examples measured, a sample of those that a batch is drawn from
   * @param hasData false when the rows of a batch differ in nothing but noise; the data part is then zero by definition
   */
  constructor(
    private readonly examples: number,
    private readonly batchSize: number,
    private readonly hasData: boolean,
  ) {
    this.pairs = Array.from({ length: examples }, () => []);
  }

  /**
   * One pass of two replicates of every example, from the inner products of their gradients.
   * @param gram `[2m, 2m]` row-major, rows replicate-major: row r·m + b
   */
  addGram(gram: ArrayLike<number>): void {
    const m = this.examples;
    const n = 2 * m;
    let sumOfSquares = 0; // Σ_b ‖ḡ_b‖²
    let cross = 0; // Σ over all pairs of rows with different examples
    let crossReplicate = 0; // Σ_{b,c} ⟨g_1b, g_2c⟩
    let total = 0;
    for (let b = 0; b < m; b++) {
      const own = gram[b * n + b]!;
      const other = gram[(m + b) * n + m + b]!;
      const between = gram[b * n + m + b]!;
      this.pairs[b]!.push(Math.max(0, (own + other - 2 * between) / 2));
      sumOfSquares += (own + other + 2 * between) / 4;
      cross -= own + other + 2 * between;
      for (let c = 0; c < m; c++) {
        const aligned = gram[b * n + c]! + gram[(m + b) * n + m + c]!;
        const crossed = gram[b * n + m + c]!;
        cross += aligned + 2 * crossed;
        crossReplicate += crossed;
        total += aligned + 2 * crossed;
      }
    }
    if (m > 1) this.between += (sumOfSquares - total / 4 / m) / (m - 1);
    this.meanSquare += this.hasData && m > 1 ? cross / 4 / (m * (m - 1)) : crossReplicate / (m * m);
    this.passes++;
  }

  /** Independent squared differences so far. */
  get degreesOfFreedom(): number {
    return this.examples * this.passes;
  }

  /** Monte Carlo variance, null before the first pass. */
  get monteCarlo(): number | null {
    return this.passes === 0 ? null : mean(this.pairs.map(mean)) / this.batchSize;
  }

  result(level = 0.95): {
    monteCarlo: number | null;
    data: number | null;
    total: number | null;
    snr: number | null;
    interval: [number, number] | null;
  } {
    const { examples: m, batchSize: B, passes } = this;
    if (passes === 0) return { monteCarlo: null, data: null, total: null, snr: null, interval: null };
    const perExample = this.pairs.map((values) => mean(values));
    const pairMean = mean(perExample); // E_b s_b²
    const monteCarlo = pairMean / B;
    const data = !this.hasData ? 0 : m > 1 ? Math.max(0, this.between / passes - pairMean / 2) / B : null;
    const total = data === null ? null : monteCarlo + data;
    const snr = total === null ? null : signalToNoise(this.meanSquare / passes, total);
    return { monteCarlo, data, total, snr, interval: this.interval(level) };
  }

  /** Unknown below eight independent differences, and while all of them are zero: noise that has not shown yet has no known size. */
  private interval(level: number): [number, number] | null {
    const { batchSize: B, passes } = this;
    // With enough passes the examples are held fixed; with few, their own differences count as noise too.
    const strata = this.mixed ? [this.pairs.flat()] : passes >= 4 ? this.pairs : [this.pairs.map(mean)];
    const interval = meanInterval(strata, level);
    return interval ? [interval[0] / B, interval[1] / B] : null;
  }
}

function mean(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}
