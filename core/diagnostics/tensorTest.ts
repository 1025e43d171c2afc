import type { ParameterBias, Verdict } from "./bias";
import { norm } from "./biasByEnumeration";
import { cosine, cosineBounds } from "./cosineBounds";
import { shareOfLook } from "./lookSchedule";
import type { MeanVector } from "./meanVector";
import type { NoiseSummary } from "./noiseMoments";
import { type NormBounds, normBounds } from "./normBounds";
import { studentTQuantile } from "./studentT";

/** Rows that must carry the noise before a verdict: fewer, and it may be the next row that shows its size. */
const MIN_EFFECTIVE_ROWS = 30;
/** Rows of which more than those should carry the noise, unless its tails are heavy. */
const MANY_ROWS = 1000;
/** A gradient below this share of the largest tensor's counts as zero: float32 leaves that much. */
const ZERO = 1e-6;
/** Noise below this share of the squared gradient is rounding. */
const ROUNDING = 1e-12;
/** Further rows that an outlook reaches, as a multiple of those drawn. */
const OUTLOOK = 1e4;

/** The test of one tensor: is ‖E d‖ below or above the margin's share of the gradient's norm? */
export class TensorTest {
  verdict: Verdict = "undecided";
  /** The estimates as they are. */
  readonly own: MeanVector;
  /** ĝ − reference, row by row, perhaps with score control; the estimates themselves where the gradient is known. */
  readonly difference: MeanVector;
  readonly reference: MeanVector | null;
  private interval: readonly [number, number] | null = null;
  private tail = 0.025;

  /**
   * @param exact the exact gradient, or null when the reference is sampled too
   * @param largest the largest tensor's exact norm
   */
  constructor(
    readonly name: string,
    readonly shape: readonly number[],
    private readonly margin: number,
    vector: () => MeanVector,
    private readonly exact: Float64Array | null,
    private readonly largest: number,
  ) {
    this.own = vector();
    this.difference = vector();
    this.reference = exact ? null : vector();
  }

  get finite(): boolean {
    return this.difference.finite && (this.reference?.finite ?? true);
  }

  /** Looks at the draws so far and decides if they allow it. @param rate false-alarm rate of this look for this tensor */
  look(rate: number): void {
    if (!this.finite) return;
    // Two sides, and the gradient's norm where that is estimated too.
    this.tail = rate / (this.exact ? 2 : 4);
    const bias = this.bias(this.tail);
    const gradient = this.gradient(this.tail);
    const found = gradient.low > 0 ? ([bias.low / gradient.high, bias.high / gradient.low] as const) : null;
    this.interval = intersect(this.interval, found);
    if (this.fewRows()) return;
    if (gradient.high === 0) {
      const none = bias.high <= ZERO * this.largest;
      if (bias.low > ZERO * this.largest) this.verdict = "biased";
      else if (none && this.exact && this.largest > 0) this.verdict = "unbiased";
      return;
    }
    if (bias.low > this.margin * gradient.high) this.verdict = "biased";
    else if (gradient.low > 0 && bias.high < this.margin * gradient.low) this.verdict = "unbiased";
  }

  /** Further rows until a verdict is to be expected, should the present estimates be right; null beyond sight. */
  rowsToDecide(alpha: number, looks: number, tensors: number): number | null {
    const { difference, margin } = this;
    const noise = this.noise(difference);
    const gradient = this.gradient(0.025);
    const size = Math.sqrt(Math.max(0, gradient.square));
    if (!(size > 0) || noise.effectiveRows === 0 || this.heavy()) return null;
    const square = Math.max(0, this.bias(0.025).square);
    const rows = difference.count;
    for (let factor = 1.25, look = looks; factor < OUTLOOK; factor *= 1.25, look += 0.55) {
      const tail = (alpha * shareOfLook(look)) / tensors / (this.exact ? 2 : 4);
      const n = rows * factor;
      const grown = { ...noise, effectiveRows: noise.effectiveRows * factor };
      if (grown.effectiveRows < MIN_EFFECTIVE_ROWS) continue;
      const { low, high } = normBounds(square + noise.trace / n, grown, n, tail);
      if (low > margin * size || high < margin * size) return n - rows;
    }
    return null;
  }

  /** @param moreDraws estimates until a verdict, null beyond sight */
  report(batchSize: number, moreDraws: number | null): ParameterBias {
    const { name, shape, exact, own, difference, reference, verdict, interval } = this;
    const found = difference.mean();
    const others = reference?.mean();
    const steadier = own.count > 0 && sum(own.rowVariance()) <= sum(difference.rowVariance());
    const mean = steadier ? own.mean() : found.map((value, e) => value + (others?.[e] ?? 0));
    const bias = found.map((value, e) => value - (exact?.[e] ?? 0));
    const gradient = this.gradient(this.tail);
    const size = Math.sqrt(Math.max(0, gradient.square));
    const square = this.bias(this.tail).square;
    const ratio =
      gradient.low > 0
        ? Math.sqrt(Math.max(0, square)) / size
        : gradient.high === 0 && verdict === "unbiased"
          ? 0
          : null;
    const direction = this.direction(ratio);
    return {
      name,
      shape,
      exact: exact ? [...exact] : null,
      mean: [...mean],
      bias: [...bias],
      gradientNorm: size,
      variance: [...(own.count > 0 ? own : difference).rowVariance()].map((value) => value / batchSize),
      standardError: [...difference.rowVariance()].map((value) => Math.sqrt(value / difference.count)),
      relativeBias: ratio === null || !interval ? ratio : Math.min(interval[1], Math.max(interval[0], ratio)),
      interval: interval ?? (ratio === 0 ? [0, 0] : null),
      cosine: direction?.value ?? null,
      cosineInterval: direction?.interval ?? null,
      verdict,
      moreDraws,
    };
  }

  notes(): string[] {
    const { name, exact, reference, verdict } = this;
    if (verdict !== "undecided" || !this.finite) return [];
    const gradient = this.gradient(this.tail);
    if (gradient.high === 0) {
      const still = reference !== null && norm(reference.mean()) === 0;
      if (exact)
        return [
          `the exact gradient of "${name}" is zero, so no share of it can serve as a margin; its bias is unknown`,
        ];
      if (still) return [`every gradient of "${name}" was zero in all draws: nothing to compare, its bias is unknown`];
    }
    if (this.heavy()) {
      const heavy = this.reference && this.few(this.reference) ? "the reference's" : "the estimator's";
      return [
        `a few draws carry ${heavy} noise in "${name}"; its variance may be very large or infinite, so its bias stays unknown`,
      ];
    }
    if (!(gradient.low > 0))
      return [`the gradient of "${name}" cannot be told from zero yet, so its relative bias is unknown`];
    return [];
  }

  private noise(vector: MeanVector): NoiseSummary {
    const summary = vector.noise.summary();
    const scale = norm(vector.mean()) ** 2 + (this.exact ? norm(this.exact) ** 2 : 0);
    return summary.trace > ROUNDING * scale
      ? summary
      : { trace: 0, traceSquare: 0, largest: 0, effectiveRows: Infinity };
  }

  private bounds(vector: MeanVector, mean: Float64Array, tail: number): NormBounds {
    return normBounds(
      norm(mean) ** 2,
      this.noise(vector),
      vector.count,
      tail,
      1 + 1 / Math.max(1, vector.noiseFreedom),
    );
  }

  private bias(tail: number): NormBounds {
    const { difference, exact } = this;
    return this.bounds(
      difference,
      difference.mean().map((value, e) => value - (exact?.[e] ?? 0)),
      tail,
    );
  }

  private gradient(tail: number): NormBounds {
    const { exact, reference, largest } = this;
    if (reference) return this.bounds(reference, reference.mean(), tail);
    const size = norm(exact!) > ZERO * largest ? norm(exact!) : 0;
    return { square: size * size, low: size, high: size };
  }

  private few(vector: MeanVector): boolean {
    return this.noise(vector).effectiveRows < MIN_EFFECTIVE_ROWS;
  }

  private fewRows(): boolean {
    return this.few(this.difference) || (this.reference !== null && this.few(this.reference));
  }

  /** Few rows carry the noise although many were drawn. */
  private heavy(): boolean {
    return this.fewRows() && this.difference.count >= MANY_ROWS;
  }

  /** Cosine between the estimator's mean and the gradient. */
  private direction(
    ratio: number | null,
  ): { readonly value: number | null; readonly interval: [number, number] | null } | null {
    const { difference, reference, exact, interval } = this;
    const gradient = this.gradient(this.tail);
    if (ratio === null || !interval || !(gradient.low > 0)) return null;
    const rows = difference.count;
    const noise = this.noise(difference);
    let product = 0;
    let variance = (noise.largest * gradient.high ** 2) / rows;
    if (reference) {
      const [d1, d2] = difference.halfMeans();
      const [g1, g2] = reference.halfMeans();
      for (let e = 0; e < d1.length; e++) product += (d1[e]! * g2[e]! + d2[e]! * g1[e]!) / 2;
      const other = this.noise(reference);
      variance += (other.largest * this.bias(this.tail).high ** 2) / rows;
      variance += (2 * Math.sqrt(noise.traceSquare * other.traceSquare)) / rows ** 2;
    } else {
      difference.mean().forEach((value, e) => void (product += (value - exact![e]!) * exact![e]!));
    }
    const reach = studentTQuantile(1 - this.tail, Math.max(2, 2 * noise.effectiveRows)) * Math.sqrt(variance);
    const ends = [product - reach, product + reach].flatMap((value) => [
      value / gradient.low ** 2,
      value / gradient.high ** 2,
    ]);
    const clip = (p: number): number => Math.max(-interval[1], Math.min(interval[1], p));
    const bounds = cosineBounds(interval, [clip(Math.min(...ends)), clip(Math.max(...ends))]);
    // A mean that may be zero has no direction to tell.
    const value = bounds && cosine(Math.max(-ratio, Math.min(ratio, product / gradient.square)), ratio);
    return { value, interval: bounds };
  }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** What both allow; the later alone should they exclude each other. */
function intersect(
  before: readonly [number, number] | null,
  now: readonly [number, number] | null,
): readonly [number, number] | null {
  if (!before || !now) return now ?? before;
  const both = [Math.max(before[0], now[0]), Math.min(before[1], now[1])] as const;
  return both[0] <= both[1] ? both : now;
}
