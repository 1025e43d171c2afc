/** Allows at most `limit` restarts within any window of `windowMs`. */
export class RestartBudget {
  private times: number[] = [];

  constructor(
    readonly limit = 4,
    readonly windowMs = 3 * 60_000,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes one restart out of the budget; false when it is spent. */
  take(): boolean {
    const now = this.now();
    this.times = this.times.filter((time) => now - time < this.windowMs);
    if (this.times.length >= this.limit) return false;
    this.times.push(now);
    return true;
  }

  /** A person asked for a restart: start counting anew. */
  reset(): void {
    this.times = [];
  }
}
