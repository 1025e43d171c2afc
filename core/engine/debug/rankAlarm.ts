/**
 * Sounds when a value is larger than each of the W before it. Where the W + 1 values are exchangeable that happens to at most one step
 * in W + 1, whatever their distribution; it never sounds before W values are there.
 */
export class RankAlarm {
  private readonly values: number[] = [];

  /** @param window W, at least 1 */
  constructor(private readonly window: number) {}

  sounds(value: number): boolean {
    return this.values.length === this.window && this.values.every((before) => before < value);
  }

  add(value: number): void {
    this.values.push(value);
    if (this.values.length > this.window) this.values.shift();
  }
}
