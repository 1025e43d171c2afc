import { NoiseMoments } from "./noiseMoments";

/** The mean of one tensor's rows, collected pass by pass in float64, with the moments of the rows' noise. */
export class MeanVector {
  readonly noise = new NoiseMoments();
  /** Passes that the noise's moments come from, times (replicates − 1). */
  noiseFreedom = 0;
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  /** Σ (first half − second half)² of every pass, by element: for tensors too large to keep rows of. */
  private readonly halves: Float64Array;
  private readonly within: Float64Array | null;
  private rows = 0;
  private passes = 0;
  private freedom = 0;
  private broken = false;

  /** @param byRows elementwise variances from single rows rather than from halves of passes */
  constructor(
    readonly size: number,
    byRows: boolean,
  ) {
    this.first = new Float64Array(size);
    this.second = new Float64Array(size);
    this.halves = new Float64Array(size);
    this.within = byRows ? new Float64Array(size) : null;
  }

  /** Whether all rows were numbers. */
  get finite(): boolean {
    return !this.broken;
  }

  get count(): number {
    return this.rows;
  }

  /** @param sums of the rows' first and second half, which hold the same examples, `[2, size]` */
  addSums(sums: ArrayLike<number>, rows: number): void {
    const P = this.size;
    let total = 0;
    for (let e = 0; e < P; e++) {
      const a = sums[e]!;
      const b = sums[P + e]!;
      this.first[e]! += a;
      this.second[e]! += b;
      total += a + b;
      this.halves[e]! += (a - b) ** 2 / rows;
    }
    // Sums of float32 in float64 cannot overflow: what is no number stays none.
    if (!Number.isFinite(total)) this.broken = true;
    this.rows += rows;
    this.passes++;
  }

  /** @param squares Σ (row − mean over replicates)² of R·m rows, by element */
  addWithin(squares: Float64Array, m: number, replicates: number): void {
    const { within } = this;
    if (!within) return;
    squares.forEach((value, e) => void (within[e]! += value));
    this.freedom += m * (replicates - 1);
  }

  /** @param gram inner products of the rows, or of those less a constant */
  addGram(gram: ArrayLike<number>, m: number, replicates: number): void {
    this.noise.add(gram, m, replicates);
    this.noiseFreedom += replicates - 1;
  }

  mean(): Float64Array {
    return this.first.map((value, e) => (value + this.second[e]!) / this.rows);
  }

  /** Means of two independent halves of the rows. */
  halfMeans(): readonly [Float64Array, Float64Array] {
    const scale = 2 / this.rows;
    return [this.first.map((value) => value * scale), this.second.map((value) => value * scale)];
  }

  /** Variance of one row given its example, by element. */
  rowVariance(): Float64Array {
    const { within, freedom } = this;
    if (within && freedom > 0) return within.map((value) => value / freedom);
    return this.halves.map((value) => value / this.passes);
  }
}
