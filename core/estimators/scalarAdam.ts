import type { EstimatorState } from "./estimator";

/** Adam on a few numbers, in float64: the learned scalars of an estimator. */
export class ScalarAdam {
  private steps = 0;
  private readonly first: number[];
  private readonly second: number[];

  constructor(
    readonly values: number[],
    private readonly learningRate: number,
  ) {
    this.first = values.map(() => 0);
    this.second = values.map(() => 0);
  }

  /** One step down the gradient; a gradient that is not finite is passed over. */
  apply(gradient: readonly number[]): void {
    if (gradient.some((value) => !Number.isFinite(value))) return;
    this.steps++;
    gradient.forEach((g, i) => {
      this.first[i] = 0.9 * this.first[i]! + 0.1 * g;
      this.second[i] = 0.999 * this.second[i]! + 0.001 * g * g;
      const m = this.first[i]! / (1 - 0.9 ** this.steps);
      const v = this.second[i]! / (1 - 0.999 ** this.steps);
      this.values[i]! -= (this.learningRate * m) / (Math.sqrt(v) + 1e-12);
    });
  }

  /** Float64 bits in float32 words, so that a resumed run continues bit by bit. */
  state(): EstimatorState[string] {
    const values = new Float32Array(
      new Float64Array([this.steps, ...this.values, ...this.first, ...this.second]).buffer,
    );
    return { shape: [values.length], values };
  }

  restore({ values }: EstimatorState[string]): void {
    const [steps, ...rest] = new Float64Array(values.slice().buffer);
    const n = this.values.length;
    this.steps = steps!;
    for (let i = 0; i < n; i++) {
      this.values[i] = rest[i]!;
      this.first[i] = rest[n + i]!;
      this.second[i] = rest[2 * n + i]!;
    }
  }
}
