import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import type { ModelGraph } from "../protocol/graph";
import { type BiasReport, overall } from "./bias";
import { normalisationScale } from "./normalisationNotes";

/**
 * What is known without drawing: a node whose variance normalisation divides the score by more than 1 gives its parameters a biased
 * estimate. Tensors that draws leave undecided there are biased; the report names the factor.
 */
export function withNormalisedVerdicts(
  report: BiasReport,
  graph: ModelGraph,
  specs: ReadonlyMap<string, EstimatorSpec>,
  estimators: ReadonlyMap<string, NodeEstimator>,
): BiasReport {
  const scaled = [...specs].filter(
    ([node, spec]) => 1 - 1 / normalisationScale(spec, estimators.get(node)) > report.margin,
  );
  if (scaled.length === 0) return report;
  const concerned = new Set(scaled.flatMap(([node]) => parametersOf(graph, node)));
  const parameters = report.parameters.map((parameter) =>
    concerned.has(parameter.name) && parameter.verdict === "undecided"
      ? { ...parameter, verdict: "biased" as const }
      : parameter,
  );
  const verdict = overall(parameters.map((parameter) => parameter.verdict));
  const open = parameters.some((parameter) => parameter.verdict === "undecided");
  return { ...report, parameters, verdict, ...(open ? {} : { remaining: null }) };
}

/** Parameters that reach a node's distribution without another stochastic node between. */
function parametersOf(graph: ModelGraph, node: string): readonly string[] {
  const kinds = new Map(graph.nodes.map(({ name, kind }) => [name, kind]));
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = (name: string): void => {
    for (const { from, to } of graph.edges) {
      if (to !== name || visited.has(from)) continue;
      visited.add(from);
      if (kinds.get(from) === "parameter") found.push(from);
      else if (kinds.get(from) !== "stochastic") visit(from);
    }
  };
  visit(node);
  return found;
}
