import type { EarlyStopOptions } from "../model/defineModel";

/** Counts epochs without an improvement of the validation loss. */
export class EarlyStop {
  private best = Infinity;
  private waited = 0;

  constructor(private readonly options: EarlyStopOptions | undefined) {}

  /** Takes in an epoch's value, nats; true when more than `patience` epochs in a row were no improvement. */
  shouldStop(value: number): boolean {
    if (!this.options) return false;
    if (value < this.best - (this.options.minDelta ?? 0)) {
      this.best = value;
      this.waited = 0;
    } else {
      this.waited++;
    }
    return this.waited > this.options.patience;
  }
}
