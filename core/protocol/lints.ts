import type { SourceLocation } from "./snapshot";

/** `warning`: the training may go wrong by it. `information`: worth knowing, may be meant. */
export type LintSeverity = "warning" | "information";

/** Something about a model and its estimators that a person should know, at the line it concerns. */
export interface LintFinding {
  /** Id of the lint, which has a section of that name in docs/lints.md. */
  readonly lint: string;
  readonly severity: LintSeverity;
  /** One sentence: what is the case, and what follows. */
  readonly message: string;
  readonly node: string;
  readonly source?: SourceLocation;
  /** An estimator that does away with it at this node, best first; empty where another estimator is no answer. */
  readonly instead: readonly string[];
}
