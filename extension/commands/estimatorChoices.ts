import type { Registries, RegistryEntry } from "../../core/protocol/engine";
import type { ModelGraph } from "../../core/protocol/graph";
import type { Choice } from "./pickOrder";

/** Estimators that serve every distribution sampled in a graph. One that names no distribution serves them all. */
export function servingEstimators(
  { estimators, distributions }: Pick<Registries, "estimators" | "distributions">,
  graph: ModelGraph,
): readonly RegistryEntry[] {
  const known = new Set(distributions.map(({ id }) => id));
  const sampled = graph.nodes.flatMap(({ kind, distribution }) =>
    kind === "stochastic" && distribution ? [distribution] : [],
  );
  return estimators.filter(({ serves = [] }) => {
    const named = serves.filter((id) => known.has(id));
    return named.length === 0 || sampled.every((id) => named.includes(id));
  });
}

/** One row of a quick pick for an estimator: its id is what people type, so it is the label. */
export function estimatorChoice({ id, title, summary, unbiased }: RegistryEntry): Choice<string> {
  return { label: id, description: title, detail: unbiased ?? summary, value: id };
}

/** One row for a data set; what it needs is said before it is chosen. */
export function datasetChoice({ id, title, summary, serves = [] }: RegistryEntry, filesNeeded: string): Choice<string> {
  return {
    label: id,
    description: serves.length > 0 ? `${title} · ${filesNeeded}` : title,
    detail: summary,
    value: id,
  };
}
