import type { EstimatorSpec } from "../../estimators/estimatorSpec";
import type { NodeEstimator } from "../../estimators/estimator";
import type { Structure } from "../../graph/structure";
import type { LintBasis, LintFinding, LintSeverity } from "../../protocol/lints";
import type { ControlVariateReport } from "../../protocol/variance";
import type { VarianceGrowth } from "../varianceTrend";
import type { NodeActivity } from "./nodeActivity";

/** What lints look at: a model with its estimators, and what a few sampled passes showed. */
export interface LintContext {
  readonly structure: Structure;
  readonly objectiveId: string;
  readonly numSamples: number;
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly controlVariates: readonly ControlVariateReport[];
  /** Parameters whose variance has grown while training; empty where nothing is trained. */
  readonly growth: readonly VarianceGrowth[];
  readonly activity: ReadonlyMap<string, NodeActivity>;
}

/** What a lint has to say of one node. */
export interface NodeFinding extends Pick<LintFinding, "node" | "message" | "options"> {
  readonly instead?: readonly string[];
}

export interface Lint {
  readonly id: string;
  readonly title: string;
  /** Why it matters and what to do, a few sentences for a person. */
  readonly explain: string;
  readonly severity: LintSeverity;
  readonly basis: LintBasis;
  /** The finding says that the node's estimator is biased unless …: how much it is gets measured where that is cheap. */
  readonly measuresBias?: true;
  check(context: LintContext): readonly NodeFinding[];
}
