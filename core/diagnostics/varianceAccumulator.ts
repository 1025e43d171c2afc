import type { ExampleSpread } from "./exampleSpread";
import { fQuantile } from "./fQuantile";
import { meanInterval } from "./meanInterval";
import { signalToNoise } from "./signalToNoise";

/** Values of every example from which the examples are held fixed. */
const FIXED_EXAMPLES = 4;

/**
 * Variance of one parameter's gradient from replicates of single examples, taken apart into Monte Carlo and data parts (design, section 7).
 * All numbers describe one estimate of the gradient of a batch-mean loss over `batchSize` examples.
 */
export class VarianceAccumulator {
  /** Independent values whose mean is the variance s_b² of an example, by example; of several measurements in one list. */
  private readonly values: number[][];
  private squares = 0;
  /** Σ (R − 1). */
  private freedom = 0;
  private rows = 0;
  /** Of the examples' means; null once a pass could not tell it. */
  private between: number | null = 0;
  /** Σ 1/R: the share of the Monte Carlo variance that is in `between`. */
  private noiseBetween = 0;
  private meanSquare = 0;
  /** Passes with means. */
  private passes = 0;

  /** Several measurements taken together, each of its own examples: the average over them, with all their differences behind it. */
  static pooled(parts: readonly VarianceAccumulator[]): VarianceAccumulator {
    const [first] = parts as [VarianceAccumulator];
    if (parts.length === 1) return first;
    const pooled = new VarianceAccumulator(first.examples, first.batchSize, first.hasData);
    const together: number[] = [];
    for (const part of parts) {
      // Rows of one example have its level in common: where examples differ, it counts once.
      for (const values of part.values) {
        if (part.hasData) together.push(mean(values));
        else together.push(...values);
      }
      pooled.squares += part.squares;
      pooled.freedom += part.freedom;
      pooled.rows += part.rows;
      pooled.addBetween(part.between);
      pooled.noiseBetween += part.noiseBetween;
      pooled.meanSquare += part.meanSquare;
      pooled.passes += part.passes;
    }
    pooled.values.splice(0, Infinity, together);
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
    this.values = Array.from({ length: examples }, () => []);
  }

  /** One pass of R replicates of every example: s_b² = 1/(R − 1) Σ_r ‖g_br − ḡ_b‖². */
  add({ replicates: R, squares, groups, means }: ExampleSpread): void {
    const m = this.examples;
    const all = squares.reduce((sum, square) => sum + square, 0);
    groups.forEach((variance, i) => this.values[i % m]!.push(variance));
    this.squares += all;
    this.freedom += R - 1;
    this.rows += m * R;
    if (!means) return;
    if (m > 1) this.addBetween(means.between === null ? null : means.between / (m - 1));
    this.noiseBetween += 1 / R;
    this.meanSquare +=
      this.hasData && m > 1
        ? (m * m * means.ofAll - means.ofExamples) / (m * (m - 1))
        : means.ofAll - all / (R - 1) / (R * m * m);
    this.passes++;
  }

  private addBetween(more: number | null): void {
    this.between = this.between === null || more === null ? null : this.between + more;
  }

  /** Of the variance: R − 1 for every example and pass. */
  get degreesOfFreedom(): number {
    return this.freedom * this.examples;
  }

  /** Gradients of single examples so far. */
  get draws(): number {
    return this.rows;
  }

  /** Monte Carlo variance, null before the first pass. */
  get monteCarlo(): number | null {
    return this.rows === 0 ? null : this.squares / (this.freedom * this.examples) / this.batchSize;
  }

  /**
   * Data part and ratio are null where no means were taken, or are too much alike to be told apart. So is the data part, but not its sum with the Monte Carlo part, where the draws
   * do not tell it from 0. Without one, the variance of m example means over the noise in it is at most as spread as F with (m − 1) passes and
   * Σ m (R − 1) degrees of freedom, which it is where a normal noise has one direction; below its upper quantile the ratio says nothing.
   */
  result(level = 0.95): {
    monteCarlo: number | null;
    data: number | null;
    total: number | null;
    snr: number | null;
    interval: [number, number] | null;
  } {
    const { examples: m, batchSize: B, passes, monteCarlo, between } = this;
    if (monteCarlo === null) return { monteCarlo: null, data: null, total: null, snr: null, interval: null };
    const noise = (monteCarlo * B * this.noiseBetween) / passes;
    const found = !this.hasData ? 0 : m > 1 && passes > 0 && between !== null ? (between / passes - noise) / B : null;
    const total = found === null ? null : monteCarlo + Math.max(0, found);
    const told =
      !this.hasData || (between !== null && found !== null && between / passes >= noise * this.chanceRatio(level));
    const snr = total === null || passes === 0 ? null : signalToNoise(this.meanSquare / passes, total);
    return { monteCarlo, data: told ? found : null, total, snr, interval: this.interval(level) };
  }

  private chanceRatio(level: number): number {
    return fQuantile(1 - (1 - level) / 2, (this.examples - 1) * this.passes, this.degreesOfFreedom);
  }

  /** Unknown below eight independent values, and while all differences are zero: noise that has not shown yet has no known size. */
  private interval(level: number): [number, number] | null {
    const { batchSize: B, values } = this;
    // With enough values the examples are held fixed; with few, their own differences count as noise too.
    const fixed = values.length === 1 || values[0]!.length >= FIXED_EXAMPLES;
    const interval = meanInterval(fixed ? values : [values.map(mean)], level);
    return interval ? [interval[0] / B, interval[1] / B] : null;
  }
}

function mean(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}
