import { VarianceAccumulator } from "./varianceAccumulator";

/**
 * The last few measurements of every parameter, taken together: one measurement beside training has too few draws for a tight
 * interval, and the variance changes slowly between measurements.
 */
export class VarianceWindow {
  private readonly recent = new Map<string, VarianceAccumulator[]>();

  /** @param size measurements kept */
  constructor(private readonly size: number) {}

  /** Takes in a parameter's newest measurement; returns it together with those before. */
  add(parameter: string, newest: VarianceAccumulator): VarianceAccumulator {
    const parts = [...(this.recent.get(parameter) ?? []), newest].slice(-this.size);
    this.recent.set(parameter, parts);
    return VarianceAccumulator.pooled(parts);
  }

  /** Monte Carlo variance by the newest measurement alone. */
  newest(parameter: string): number | null {
    return this.recent.get(parameter)?.at(-1)?.monteCarlo ?? null;
  }

  /** Forgets everything: another estimator has another variance. */
  clear(): void {
    this.recent.clear();
  }
}
