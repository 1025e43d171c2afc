import { largestEigenvalue } from "./largestEigenvalue";

/** The covariance Σ of one row's gradient, as far as intervals of a norm need it. */
export interface NoiseSummary {
  /** tr Σ. */
  readonly trace: number;
  /** tr Σ². */
  readonly traceSquare: number;
  /** The largest eigenvalue of Σ; rather too large than too small. */
  readonly largest: number;
  /** (Σ_i ‖c_i‖²)² / Σ_i ‖c_i‖⁴ over centred rows: how many rows carry the noise. Few of many mean heavy tails. */
  readonly effectiveRows: number;
}

/** Replicates from which centring by the replicates' own mean leaves pairs of them independent enough. */
const MANY_REPLICATES = 32;
/** Sets of rows that all moments are taken of; of later ones every second, third, … */
const FULL = 8;

/**
 * Moments of the noise of row gradients, from the inner products of rows: each example's rows are centred by their mean over replicates,
 * so what examples differ in does not count. tr Σ² comes from squared inner products of independent rows, which have no bias.
 */
export class NoiseMoments {
  private examples = 0;
  private freedom = 0;
  private grams = 0;
  private squares = 0;
  private fourths = 0;
  private pairs = 0;
  private pairSquares = 0;
  private weightedLargest = 0;
  private shrink = 1;

  /** @param gram inner products of m·R rows, replicate-major: row r·m + b */
  add(gram: ArrayLike<number>, m: number, replicates: number): void {
    this.addSquares(gram, m, replicates);
    if (this.grams % Math.ceil((this.grams + 1) / FULL) === 0) this.addPairs(gram, m, replicates);
    this.grams++;
  }

  /** The moments of single rows only: tr Σ and how many rows carry it. */
  addSquares(gram: ArrayLike<number>, m: number, replicates: number): void {
    const R = replicates;
    for (const own of centredSquares(gram, m, R)) {
      this.squares += own;
      this.fourths += own * own;
    }
    this.shrink = (R - 1) / R;
    this.freedom += m * (R - 1);
  }

  /** Independent centred rows so far. */
  get degreesOfFreedom(): number {
    return this.freedom;
  }

  /** tr Σ² and the largest eigenvalue. */
  private addPairs(gram: ArrayLike<number>, m: number, R: number): void {
    const n = m * R;
    const centred = centre(gram, m, R);
    const anyPair = R >= MANY_REPLICATES;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        if (!anyPair && j % m === i % m) continue;
        this.pairSquares += centred[i * n + j]! ** 2;
        this.pairs++;
      }
    }
    this.examples += m;
    this.weightedLargest += largestEigenvalue(centred, n) / (R - 1);
  }

  summary(): NoiseSummary {
    const { squares, fourths, pairs, pairSquares, shrink, freedom, examples, weightedLargest } = this;
    const trace = freedom > 0 ? squares / freedom : 0;
    const measured = pairs > 0 ? pairSquares / pairs / (shrink * shrink) : trace * trace;
    const largest = Math.min(trace, examples > 0 ? weightedLargest / examples : 0);
    return {
      trace,
      // Between λ² and tr² for every covariance; noise in the estimate may leave that range.
      traceSquare: Math.min(trace * trace, Math.max(measured, largest * largest)),
      largest,
      effectiveRows: fourths > 0 ? (shrink * squares * squares) / fourths : 0,
    };
  }
}

/** ‖x_br − x̄_b‖² of every row. */
function centredSquares(gram: ArrayLike<number>, m: number, R: number): Float64Array {
  const n = m * R;
  const result = new Float64Array(n);
  for (let b = 0; b < m; b++) {
    let all = 0;
    for (let r = 0; r < R; r++) {
      const i = r * m + b;
      let mean = 0;
      for (let s = 0; s < R; s++) mean += gram[i * n + s * m + b]! / R;
      result[i] = gram[i * n + i]! - 2 * mean;
      all += mean / R;
    }
    for (let r = 0; r < R; r++) result[r * m + b] = Math.max(0, result[r * m + b]! + all);
  }
  return result;
}

/** ⟨x_br − x̄_b, x_cs − x̄_c⟩ from the inner products of the rows themselves. */
function centre(gram: ArrayLike<number>, m: number, R: number): Float64Array {
  const n = m * R;
  const half = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < m; c++) {
      let mean = 0;
      for (let s = 0; s < R; s++) mean += gram[i * n + s * m + c]! / R;
      for (let s = 0; s < R; s++) half[i * n + s * m + c] = gram[i * n + s * m + c]! - mean;
    }
  }
  for (let j = 0; j < n; j++) {
    for (let b = 0; b < m; b++) {
      let mean = 0;
      for (let r = 0; r < R; r++) mean += half[(r * m + b) * n + j]! / R;
      for (let r = 0; r < R; r++) half[(r * m + b) * n + j]! -= mean;
    }
  }
  return half;
}
