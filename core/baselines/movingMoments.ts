/** Exponentially weighted mean and variance of batches of numbers, corrected for the start; 0 and 0 before the first batch. */
export class MovingMoments {
  private weight = 0;
  private first = 0;
  private second = 0;

  /** @param decay weight of the past at each batch, in (0, 1) */
  constructor(private readonly decay: number) {}

  get mean(): number {
    return this.weight === 0 ? 0 : this.first / this.weight;
  }

  /** Average of the batches' variances about their own means (divided by n). */
  get variance(): number {
    return this.weight === 0 ? 0 : this.second / this.weight;
  }

  get std(): number {
    return Math.sqrt(this.variance);
  }

  /** Takes in a batch of finite numbers. */
  add(values: Float32Array): void {
    let mean = 0;
    for (const value of values) mean += value / values.length;
    // One value a batch has no spread of its own: its distance from the average stands in.
    const centre = values.length > 1 ? mean : this.weight === 0 ? mean : this.mean;
    let variance = 0;
    for (const value of values) variance += (value - centre) ** 2 / values.length;
    this.weight = this.decay * this.weight + (1 - this.decay);
    this.first = this.decay * this.first + (1 - this.decay) * mean;
    this.second = this.decay * this.second + (1 - this.decay) * variance;
  }

  /** Float64 bits of the three numbers, carried in float32 words so that a resumed run continues bit by bit. */
  state(): { readonly shape: readonly number[]; readonly values: Float32Array } {
    const values = new Float32Array(new Float64Array([this.weight, this.first, this.second]).buffer);
    return { shape: [6], values };
  }

  restore(values: Float32Array): void {
    const [weight, first, second] = new Float64Array(values.slice().buffer);
    this.weight = weight!;
    this.first = first!;
    this.second = second!;
  }
}
