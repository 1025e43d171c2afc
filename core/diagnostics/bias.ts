/** The answer to "is this estimator biased?", per parameter tensor and overall. */
export type Verdict = "unbiased" | "biased" | "undecided";

export interface ParameterBias {
  readonly name: string;
  readonly shape: readonly number[];
  /** The exact gradient, flat and row-major; null when the reference is sampled. */
  readonly exact: readonly number[] | null;
  /** Mean of the estimator's estimates. */
  readonly mean: readonly number[];
  readonly bias: readonly number[];
  /** ‖gradient‖ that the bias is a share of: exact, else the reference's, without its noise; 0 when that is not told from 0. */
  readonly gradientNorm: number;
  /** Monte Carlo variance of one estimate of the batch-mean gradient. */
  readonly variance: readonly number[];
  /** Of `mean` (of the paired difference when the reference is sampled). */
  readonly standardError: readonly number[];
  /** ‖bias‖ / ‖exact‖; sampled: the square root of the unbiased estimate of ‖bias‖², 0 when that is negative. Null when the gradient is 0. */
  readonly relativeBias: number | null;
  /** Confidence interval of the relative bias; no width when enumerated. */
  readonly interval: readonly [number, number] | null;
  /** Cosine between the estimator's mean and the gradient, with an interval; sampled only, null where unknown. */
  readonly cosine?: number | null;
  readonly cosineInterval?: readonly [number, number] | null;
  readonly verdict: Verdict;
  /** About how many further draws a verdict takes, by the widths found so far; 0 when decided, null beyond sight. */
  readonly moreDraws?: number | null;
}

export interface BiasReport {
  readonly method: "enumeration" | "sampling";
  readonly verdict: Verdict;
  readonly parameters: readonly ParameterBias[];
  /** What the estimator was compared with. */
  readonly reference: string;
  readonly margin: number;
  /** Confidence level of the intervals; null when enumerated. */
  readonly level: number | null;
  readonly draws: number | null;
  /** Whole-batch estimates computed for it, those of the reference and of the pilot included; sampled only. */
  readonly evaluations?: number;
  /** What a verdict would still take, by the widths found so far; null when decided or unknown. */
  readonly remaining?: { readonly draws: number; readonly minutes: number } | null;
  /** Factors and other facts that explain the verdict, one sentence each. */
  readonly notes: readonly string[];
}

/** Biased if any tensor is, else undecided if any is, else unbiased. */
export function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("biased")) return "biased";
  return verdicts.includes("undecided") ? "undecided" : "unbiased";
}
