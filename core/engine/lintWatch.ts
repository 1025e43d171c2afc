import { tf } from "../backends/tf";
import { checkLints } from "../diagnostics/lints/checkLints";
import type { VarianceGrowth } from "../diagnostics/varianceTrend";
import { GradlensError } from "../errors";
import type { LintReport } from "../protocol/lints";
import { guard, type Prepared } from "./prepare";

/** Lints take at most this share of the time. */
const SHARE = 0.02;
const FIRST_AFTER_MS = 1000;
const LEAST_INTERVAL_MS = 5000;

/** Looks now and then at a run with the lints that judge by what training has made of the model. */
export class LintWatch {
  private due = performance.now() + FIRST_AFTER_MS;

  /** What they find now, or null when it is not their turn. */
  look(
    prepared: Prepared,
    { specs, estimators }: Pick<Prepared, "specs" | "estimators">,
    {
      step,
      growth,
      last,
    }: { readonly step: number; readonly growth: readonly VarianceGrowth[]; readonly last: boolean },
  ): LintReport | null {
    const began = performance.now();
    // What is left on view is about the parameters that the run ended with.
    if (began < this.due && !last) return null;
    const data = prepared.batch(step);
    try {
      const findings = guard(prepared.file, () =>
        checkLints({ ...prepared, specs, estimators, data, step, growth, basis: "training" }),
      );
      const done = performance.now();
      this.due = done + Math.max(LEAST_INTERVAL_MS, (done - began) / SHARE);
      return { step, findings };
    } catch (error) {
      // A model that only some lints cannot look at still trains.
      if (!(error instanceof GradlensError)) throw error;
      this.due = Infinity;
      return null;
    } finally {
      tf.dispose(Object.values(data));
    }
  }
}
