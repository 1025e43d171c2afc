import { largestEigenvalue } from "./largestEigenvalue";
import { normBounds } from "./normBounds";

/** What one measurement tells of the mean gradient: it, and the inner products of the independent rows that it is the mean of. */
export interface DriftPart {
  readonly step: number;
  readonly mean: Float32Array;
  /** `[n, n]` row-major. */
  readonly gram: ArrayLike<number>;
  /** n. */
  readonly rows: number;
}

/** Movement of the mean gradient over the measurements of a window (loss²/parameter²). */
export interface Drift {
  /** Unbiased, so it may be negative. */
  readonly estimate: number;
  /** The estimate where the draws tell it from 0, else null: unknown. */
  readonly value: number | null;
  /** Null while too few rows carry the noise. */
  readonly interval: readonly [number, number] | null;
}

interface Kept {
  readonly step: number;
  readonly mean: Float32Array;
  /** ‖mean‖², and ‖mean − m‖² for the means m of the steps before it in the window, newest first. */
  readonly squaredNorm: number;
  readonly apart: readonly number[];
  /** Of the covariance C/n of the mean: trace, trace of the square, largest eigenvalue. */
  readonly trace: number;
  readonly traceSquare: number;
  readonly largest: number;
  /** Σ‖x_i − x̄‖² and Σ‖x_i − x̄‖⁴ over rows. */
  readonly squares: number;
  readonly fourths: number;
  /** Whether the noise is too small beside the rows to be told from their inner products. */
  readonly lost: boolean;
}

/** Rows that must carry the noise before anything is said of it. */
const MIN_EFFECTIVE_ROWS = 30;
/** Noise below this share of the squared gradient is rounding. */
const ROUNDING = 1e-12;
/** Above that and below this share of the rows' squares, a tenth or more of it is rounding of their inner products in float32: its size is unknown. */
const LOST = 2.5e-6;

/**
 * Drift over the last W measurements: V = 1/(W − 1) Σ_t ‖μ_t − μ̄‖², μ_t = E ĝ_t at the parameters of step t. It is what the movement of
 * the mean gradient adds to the variance of gradients between those steps, beside their Monte Carlo and data parts.
 *
 * The measured means have their own noise: E Σ_t ‖ĝ_t − ḡ‖² = (W − 1) V + (1 − 1/W) Σ_t tr C_t/n, with C_t the covariance of one of the n
 * independent rows of step t, so that is taken away. Bounds are those of a mean's norm (`normBounds`) for the stacked differences
 * ĝ_t − ḡ, whose covariance is ⊕ C_t/n, projected: its trace is known, its square's trace is at most Σ tr C_t²/n², its largest eigenvalue
 * at most the largest of C_t/n. Estimates of both err upwards. Noise of different steps is independent: it has keys of its own,
 * and the examples are others of the same epoch, or of another.
 */
export class DriftWindow {
  private readonly recent = new Map<string, { readonly parts: readonly Kept[]; readonly drift: Drift | null }>();

  /** @param size W, measurements kept */
  constructor(private readonly size: number) {}

  /** Takes in a parameter's newest measurement. @param level of the interval */
  add(parameter: string, part: DriftPart, level = 0.95): Drift | null {
    const known = this.recent.get(parameter)?.parts ?? [];
    const before = known.slice(1 - this.size);
    // The memory of the part that leaves the window: new arrays of this size at every look, each of which lives for eight, would have the whole
    // heap collected again and again.
    const mean = known.length > before.length ? known[0]!.mean : new Float32Array(part.mean.length);
    mean.set(part.mean);
    const parts = [...before, keep({ ...part, mean }, before)];
    const drift = driftOf(parts, level);
    this.recent.set(parameter, { parts, drift });
    return drift;
  }

  /** What the last `add` of a parameter told; null before two of them. */
  latest(parameter: string): Drift | null {
    return this.recent.get(parameter)?.drift ?? null;
  }

  /** The step of the window's oldest measurement; null while there is none before the newest. */
  get since(): number | null {
    const [first] = this.recent.values();
    return first && first.parts.length > 1 ? first.parts[0]!.step : null;
  }

  clear(): void {
    this.recent.clear();
  }
}

function driftOf(parts: readonly Kept[], level: number): Drift | null {
  const W = parts.length;
  if (W < 2) return null;
  const sum = (of: (part: Kept) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const [squares, fourths] = [sum((part) => part.squares), sum((part) => part.fourths)];
  const noise = {
    trace: (1 - 1 / W) * sum(({ trace }) => trace),
    traceSquare: sum(({ traceSquare }) => traceSquare),
    largest: Math.max(...parts.map(({ largest }) => largest)),
    effectiveRows: fourths > 0 ? squares ** 2 / fourths : 0,
  };
  const apart = spread(parts);
  const rounding = (ROUNDING * sum(({ squaredNorm }) => squaredNorm)) / W;
  if (noise.trace <= rounding) {
    // Gradients without noise are known as they are.
    const value = apart <= rounding ? 0 : apart / (W - 1);
    return { estimate: value, value, interval: [value, value] };
  }
  if (parts.some(({ lost }) => lost)) return { estimate: apart / (W - 1), value: null, interval: null };
  const { square, low, high } = normBounds(apart, noise, 1, (1 - level) / 2);
  const estimate = square / (W - 1);
  if (noise.effectiveRows < MIN_EFFECTIVE_ROWS || !Number.isFinite(estimate))
    return { estimate, value: null, interval: null };
  const interval = [low ** 2 / (W - 1), high ** 2 / (W - 1)] as const;
  return { estimate, value: low > 0 ? estimate : null, interval };
}

/** Σ_t ‖ĝ_t − ḡ‖² = 1/W Σ_{s<t} ‖ĝ_s − ĝ_t‖². */
function spread(parts: readonly Kept[]): number {
  let total = 0;
  parts.forEach(({ apart }, t) => apart.slice(0, t).forEach((square) => void (total += square)));
  return total / parts.length;
}

function squaredNorm(vector: Float32Array): number {
  let total = 0;
  for (let e = 0; e < vector.length; e++) total += vector[e]! * vector[e]!;
  return total;
}

/** Elements that stay in the processor's nearest memory while all of the others pass by. */
const BLOCK = 2048;

/** ‖a − b‖² for every b. */
function squaredDistances(a: Float32Array, others: readonly Float32Array[]): number[] {
  const totals = others.map(() => 0);
  for (let start = 0; start < a.length; start += BLOCK) {
    const end = Math.min(a.length, start + BLOCK);
    others.forEach((b, i) => void (totals[i]! += squaredDistance(a, b, start, end)));
  }
  return totals;
}

/** Over some elements; four sums at a time, which do not wait for one another. */
function squaredDistance(a: Float32Array, b: Float32Array, start: number, end: number): number {
  const whole = end - ((end - start) % 4);
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let e = start; e < whole; e += 4) {
    const d0 = a[e]! - b[e]!;
    const d1 = a[e + 1]! - b[e + 1]!;
    const d2 = a[e + 2]! - b[e + 2]!;
    const d3 = a[e + 3]! - b[e + 3]!;
    first += d0 * d0;
    second += d1 * d1;
    third += d2 * d2;
    fourth += d3 * d3;
  }
  for (let e = whole; e < end; e++) first += (a[e]! - b[e]!) ** 2;
  return first + second + third + fourth;
}

function keep({ step, mean, gram, rows: n }: DriftPart, before: readonly Kept[]): Kept {
  const centred = centre(gram, n);
  let [squares, fourths, pairs, scale] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    scale += gram[i * n + i]!;
    const own = Math.max(0, centred[i * n + i]!);
    squares += own;
    fourths += own * own;
    for (let j = 0; j < i; j++) pairs += centred[i * n + j]! ** 2;
  }
  const trace = n > 1 ? squares / (n - 1) : 0;
  const shrink = (n - 1) / n;
  const measured = n > 1 ? pairs / ((n * (n - 1)) / 2) / (shrink * shrink) : 0;
  const largest = n > 1 ? Math.min(trace, largestEigenvalue(centred, n) / (n - 1)) : 0;
  return {
    ...{ step, mean, squares, fourths },
    lost: squares > ROUNDING * scale && squares < LOST * scale,
    squaredNorm: squaredNorm(mean),
    apart: squaredDistances(
      mean,
      before.map((other) => other.mean),
    ).reverse(),
    trace: trace / n,
    traceSquare: Math.min(trace * trace, Math.max(measured, largest * largest)) / (n * n),
    largest: largest / n,
  };
}

/** Inner products of the rows less their mean. */
function centre(gram: ArrayLike<number>, n: number): Float64Array {
  const means = new Float64Array(n);
  let all = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) means[i]! += gram[i * n + j]! / n;
    all += means[i]! / n;
  }
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return gram[k]! - means[i]! - means[j]! + all;
  });
}
