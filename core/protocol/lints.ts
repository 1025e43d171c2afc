import type { SourceLocation } from "./source";

/** `warning`: the training may go wrong by it. `information`: worth knowing, may be meant. */
export type LintSeverity = "warning" | "information";

/** How biased a node's estimator is at the parameters looked at, by a bounded number of draws. */
export interface FindingBias {
  readonly reference: string;
  readonly draws: number;
  readonly margin: number;
  readonly level: number;
  readonly parameters: readonly {
    readonly name: string;
    readonly verdict: "unbiased" | "biased" | "undecided";
    /** ‖bias‖ / ‖gradient‖; null where unknown. */
    readonly relativeBias: number | null;
    readonly interval: readonly [number, number] | null;
  }[];
}

/** Something about a model and its estimators that a person should know, at the line it concerns. */
export interface LintFinding {
  /** Id of the lint, which has a section of that name in docs/lints.md. */
  readonly lint: string;
  readonly severity: LintSeverity;
  /** One sentence: what is the case, and what follows. */
  readonly message: string;
  /** The stochastic node that it is about, or the parameter. */
  readonly node: string;
  readonly source?: SourceLocation;
  /** An estimator that does away with it at this node, best first; empty where another estimator is no answer. */
  readonly instead: readonly string[];
  /** Those of `instead` that serve every node of the model. */
  readonly everywhere?: readonly string[];
  /** Bias of the node's estimator alone, where the finding is about it and it was measured. */
  readonly bias?: FindingBias;
  /** Values of the model's options that do away with it. */
  readonly options?: Readonly<Record<string, number>>;
}

/** Characters from `start` to `end` of a text, replaced. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One way to do away with a finding by an edit of the model file. */
export interface LintFix {
  readonly title: string;
  /** The one to take when nobody chooses. */
  readonly preferred: boolean;
  readonly edits: readonly TextEdit[];
}

/** What a lint judges by: the model's text and its estimators, or what training has made of them. */
export type LintBasis = "text" | "training";

/** Findings of one look at a run. */
export interface LintReport {
  readonly step: number;
  readonly findings: readonly LintFinding[];
}

/** Findings in a model file that is not being trained, and what keeps its models from being built. */
export interface FileLints {
  readonly findings: readonly LintFinding[];
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly source: SourceLocation;
  }[];
}
