import type { CheckSubject, Verdict } from "./bias";

export interface ComparedEstimator {
  readonly id: string;
  /** Monte Carlo variance of one estimate, all parameters together. */
  readonly variance: number | null;
  /** 95 % interval of `variance`: no width when enumerated, null when unknown. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Verdict;
  /** The least of the turns that the estimators took at a step. */
  readonly secondsPerStep: number;
  /** Median of the turns. */
  readonly medianSecondsPerStep: number;
  /** Passes of one sample of the whole batch. */
  readonly evaluationsPerStep: number;
  /** 1 / (variance × seconds per step): null without variance. */
  readonly efficiency: number | null;
  /** 95 % interval of `efficiency` at the times measured. */
  readonly efficiencyInterval: readonly [number, number] | null;
  /** 1 / (variance × evaluations per step), which no machine's load touches. */
  readonly efficiencyByEvaluations: number | null;
}

/** Estimators side by side at the same parameters, under the same noise. */
export interface ComparisonRecord extends CheckSubject {
  /** Training steps for which control variates learned first, the parameters standing still; none in older records. */
  readonly warmUp?: number;
  readonly estimators: readonly ComparedEstimator[];
  /** Those that could not be compared, each with the reason in one sentence. */
  readonly skipped: readonly string[];
}
