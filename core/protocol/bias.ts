import type { SourceLocation } from "./source";

/** The answer to "is this estimator biased?". */
export type Verdict = "unbiased" | "biased" | "undecided";

/** Where parameters came from that a check looked at. */
export type CheckedAt = "run" | "initial" | "checkpoint";

/** What a check of bias or a comparison was about. */
export interface CheckSubject {
  readonly model: string;
  readonly file: string;
  readonly exportName: string;
  readonly at: CheckedAt;
  /** Steps that the parameters had been trained for. */
  readonly step: number;
  readonly elapsedMs: number;
}

export interface ParameterVerdict {
  readonly name: string;
  readonly shape: readonly number[];
  readonly source?: SourceLocation;
  readonly verdict: Verdict;
  /** ‖bias‖ / ‖gradient‖; null when the gradient is 0 or not told from it. */
  readonly relativeBias: number | null;
  /** Interval of `relativeBias`; no width when enumerated. */
  readonly interval: readonly [number, number] | null;
  /** ‖gradient‖ of the batch-mean loss that the bias is a share of: exact, or the reference's without its noise. */
  readonly gradientNorm: number;
  /** Monte Carlo variance of one estimate, summed over the tensor's elements. */
  readonly variance: number;
  /** Draws that would about decide it: 0 when decided, null when that cannot be said. */
  readonly moreDraws: number | null;
}

/** One check of an estimator's bias. */
export interface BiasRecord extends CheckSubject {
  readonly estimator: string;
  readonly method: "enumeration" | "sampling";
  readonly verdict: Verdict;
  readonly parameters: readonly ParameterVerdict[];
  /** What the estimator was compared with, in words. */
  readonly reference: string;
  /** Share of the gradient below which a bias counts as none. */
  readonly margin: number;
  /** Confidence level of all intervals together; null when enumerated. */
  readonly level: number | null;
  readonly draws: number | null;
  readonly moreDraws: number | null;
  readonly notes: readonly string[];
  /** Of checks beside training only. */
  readonly beside?: CheckedBeside;
}

/** Where a check stands among those that are made beside training, one after the other. */
export interface CheckedBeside {
  /** 0, 1, … over the whole run. */
  readonly check: number;
  /** Step that training had come to when the check ended, or was looked at. */
  readonly until: number;
  /** Level at which all such checks of a run hold together, however many there will be. */
  readonly level: number;
}

/** One check of the run in short, with the parameter that its verdict rests on. */
export interface CheckedBias extends CheckedBeside {
  /** Steps that the parameters had been trained for. */
  readonly step: number;
  readonly estimator: string;
  readonly verdict: Verdict;
  readonly draws: number | null;
  readonly margin: number;
  readonly parameter: string;
  readonly relativeBias: number | null;
  readonly interval: readonly [number, number] | null;
}

/** Checks of bias beside training: each at a copy of the parameters, renewed when it has ended, paid from the budget of diagnostics. */
export interface BiasWatchRecord {
  /** Whether another check begins when one has ended. */
  readonly on: boolean;
  /** The check in hand as far as it is; null before its first look. */
  readonly current: BiasRecord | null;
  /** Those that have ended, oldest first, the last few hundred. */
  readonly checks: readonly CheckedBias[];
  /** Why nothing is checked although it was asked for, in one sentence. */
  readonly refusal: string | null;
}
