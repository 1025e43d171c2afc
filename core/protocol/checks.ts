import type { BiasRecord } from "./bias";
import type { SourceLocation } from "./source";

/** What a checks file is called where nobody says otherwise; others end in it, after a dot. */
export const checksFileName = "gradlens.checks.json";

/** What a test of an estimator expects. */
export type Expectation = "unbiased" | "biased" | "variance-below-bound";

/** One expectation of one estimator at one model. */
export interface CheckTest {
  /** As the checks file writes it: `file.ts#export`. */
  readonly model: string;
  /** Absolute path of the model file. */
  readonly file: string;
  readonly exportName?: string;
  /** Instead of the model file's own. */
  readonly estimator?: string;
  readonly expect: Expectation;
  /** Rate of wrong verdicts that this test may have. */
  readonly rate: number;
  readonly margin?: number;
  readonly draws?: number;
  /** Largest Monte Carlo variance by parameter. */
  readonly bounds?: Readonly<Record<string, number>>;
  readonly checkpoint?: string;
  readonly objective?: string;
  readonly samples?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly dataset?: string;
  readonly dataFolder?: string;
  /** Where the checks file says so. */
  readonly source?: SourceLocation;
}

/** A check's place in the file with the tests that it makes, or the reason why it makes none. */
export interface ListedCheck {
  readonly index: number;
  readonly model: string;
  readonly expect: Expectation;
  readonly source: SourceLocation;
  readonly tests: readonly CheckTest[];
  readonly problem?: string;
}

export interface ListedChecks {
  readonly file: string;
  readonly checks: readonly ListedCheck[];
}

/** `undecided` is neither: draws, or a reference, were not enough. `error`: the test could not be made. */
export type Outcome = "holds" | "fails" | "undecided" | "error";

/** Where the interval of a measured variance lies. */
export type BoundVerdict = "below" | "above" | "undecided";

export interface VarianceFinding {
  readonly name: string;
  readonly shape: readonly number[];
  readonly source?: SourceLocation;
  /** Monte Carlo variance of one estimate, summed over the tensor's elements; null when unknown. */
  readonly variance: number | null;
  /** Confidence interval of `variance` at the finding's level; no width when enumerated, null when unknown. */
  readonly interval: readonly [number, number] | null;
  /** Null where none has been recorded. */
  readonly bound: number | null;
  readonly verdict: BoundVerdict;
}

export interface CheckOutcome {
  readonly test: CheckTest;
  readonly outcome: Outcome;
  /** One sentence. */
  readonly message: string;
  /** The estimator that was tested, as on the command line; null when it could not be made. */
  readonly estimator: string | null;
  readonly elapsedMs: number;
  /** Line of the model file that an error concerns. */
  readonly source?: SourceLocation;
  readonly bias?: BiasRecord;
  readonly variance?: {
    readonly draws: number | null;
    /** Confidence level of all intervals together; null when enumerated. */
    readonly level: number | null;
    readonly verdict: BoundVerdict;
    readonly parameters: readonly VarianceFinding[];
  };
}
