/** Per-element moments of rows of gradients over replicates, in float64: the same quantities as VarianceAccumulator, element by element. */
export class ElementMoments {
  private readonly first: Float64Array; // [m, P]
  private readonly second: Float64Array; // [m, P]
  private replicates = 0;

  constructor(
    private readonly examples: number,
    private readonly size: number,
    private readonly batchSize: number,
    private readonly hasData: boolean,
  ) {
    this.first = new Float64Array(examples * size);
    this.second = new Float64Array(examples * size);
  }

  /** @param first Σ g and @param second Σ g² of some replicates, `[m, P]` */
  add(first: Float64Array, second: Float64Array, replicates: number): void {
    for (let i = 0; i < first.length; i++) {
      this.first[i]! += first[i]!;
      this.second[i]! += second[i]!;
    }
    this.replicates += replicates;
  }

  result(): {
    readonly monteCarlo: number[];
    readonly data: number[];
    readonly total: number[];
    readonly mean: number[];
  } {
    const { examples: m, size: P, batchSize: B, replicates: K } = this;
    const monteCarlo = new Array<number>(P).fill(0);
    const data = new Array<number>(P).fill(0);
    const mean = new Array<number>(P).fill(0);
    const squares = new Float64Array(P);
    for (let b = 0; b < m; b++) {
      for (let e = 0; e < P; e++) {
        const average = this.first[b * P + e]! / K;
        monteCarlo[e]! += Math.max(0, this.second[b * P + e]! - K * average * average) / (K - 1) / m;
        mean[e]! += average / m;
        squares[e]! += average * average;
      }
    }
    let sum = 0; // without bias, before anything is cut off at zero
    let kept = 0;
    for (let e = 0; e < P; e++) {
      const perExample = monteCarlo[e]!;
      if (this.hasData && m > 1) {
        const part = ((squares[e]! - m * mean[e]! ** 2) / (m - 1) - perExample / K) / B;
        sum += part;
        data[e] = Math.max(0, part);
        kept += data[e]!;
      }
      monteCarlo[e] = perExample / B;
    }
    // Noise makes some elements' differences negative. Cutting each off at zero would raise the tensor's total: it is shared out instead.
    const share = kept > 0 ? Math.max(0, sum) / kept : 0;
    for (let e = 0; e < P; e++) data[e]! *= share;
    return { monteCarlo, data, total: monteCarlo.map((value, e) => value + data[e]!), mean };
  }
}
