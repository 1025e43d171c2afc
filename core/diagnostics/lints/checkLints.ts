import type { EstimatorSpec } from "../../estimators/estimatorSpec";
import type { NodeEstimator } from "../../estimators/estimator";
import type { LintFinding } from "../../protocol/lints";
import { measureControlVariates } from "../controlVariates";
import type { ExactRequest } from "../exactGradient";
import { observeNodes } from "./nodeActivity";
import { lints } from "./registry";

export interface LintRequest extends ExactRequest {
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly seed: number;
  readonly step: number;
}

/** Draws that control variates are judged by; memory bounds them where there are many examples. */
const DRAWS = 4000;

/** Everything that the lints find in a model at its present parameters, in the order of the registry. */
export function checkLints(request: LintRequest): readonly LintFinding[] {
  const { structure, objective, specs, estimators, numSamples } = request;
  const sources = new Map(
    structure.graph.nodes.flatMap(({ name, kind, source }) =>
      kind === "stochastic" && source ? [[name, source] as const] : [],
    ),
  );
  const controlVariates = measureControlVariates({ ...request, draws: DRAWS });
  const context = {
    structure,
    objectiveId: objective.id,
    numSamples,
    specs,
    estimators,
    controlVariates,
    ...observeNodes(request),
  };
  return lints.flatMap(({ id, severity, check }) =>
    check(context).map(({ node, message, instead = [] }): LintFinding => {
      const source = sources.get(node);
      return { lint: id, severity, message, node, instead, ...(source ? { source } : {}) };
    }),
  );
}
