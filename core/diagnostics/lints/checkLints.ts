import { applicable, type EstimatorSpec, parseEstimator } from "../../estimators/estimatorSpec";
import { estimators as estimatorRegistry } from "../../estimators/registry";
import type { NodeEstimator } from "../../estimators/estimator";
import type { LintBasis, LintFinding } from "../../protocol/lints";
import { measureControlVariates } from "../controlVariates";
import type { ExactRequest } from "../exactGradient";
import type { VarianceGrowth } from "../varianceTrend";
import { type NodeActivity, observeNodes } from "./nodeActivity";
import { lints } from "./registry";

export interface LintRequest extends ExactRequest {
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly seed: number;
  readonly step: number;
  /** Only lints that judge by this; all when left out. */
  readonly basis?: LintBasis;
  readonly growth?: readonly VarianceGrowth[];
}

const allEstimators = estimatorRegistry.map(({ id }) => id);

/** Draws that control variates are judged by; memory bounds them where there are many examples. */
const DRAWS = 4000;

/** What the lints find in a model at its present parameters, in the order of the registry. */
export function checkLints(request: LintRequest): readonly LintFinding[] {
  const { structure, objective, specs, estimators, numSamples } = request;
  const sources = new Map(
    structure.graph.nodes.flatMap(({ name, kind, source }) =>
      (kind === "stochastic" || kind === "parameter") && source ? [[name, source] as const] : [],
    ),
  );
  const serveAll = new Set(
    [...structure.distributions.values()]
      .map(({ id }) => applicable(id, objective.id).map((estimator) => estimator.id))
      .reduce((common, serving) => common.filter((id) => serving.includes(id)), allEstimators),
  );
  const checked = lints.filter(({ basis }) => request.basis === undefined || basis === request.basis);
  const needsDraws = checked.some(({ basis }) => basis === "training");
  const context = {
    structure,
    objectiveId: objective.id,
    numSamples,
    specs,
    estimators,
    controlVariates: needsDraws ? measureControlVariates({ ...request, draws: DRAWS }) : [],
    growth: request.growth ?? [],
    activity: needsDraws ? observeNodes(request) : new Map<string, NodeActivity>(),
  };
  return checked.flatMap(({ id, severity, check }) =>
    check(context).map(({ node, message, instead = [], options }): LintFinding => {
      const source = sources.get(node);
      const everywhere = instead.filter((text) => serveAll.has(parseEstimator(text).estimator.id));
      return {
        ...{ lint: id, severity, message, node, instead },
        ...(everywhere.length > 0 ? { everywhere } : {}),
        ...(options ? { options } : {}),
        ...(source ? { source } : {}),
      };
    }),
  );
}
