import type { ModelGraph } from "../../core/protocol/snapshot";
import type { RegistryEntry } from "../../core/protocol/engine";
import type { Choice } from "./pickStep";

/** Estimators that serve every distribution sampled in a graph; all of them when the graph tells nothing. */
export function servingEstimators(
  estimators: readonly RegistryEntry[],
  graph: ModelGraph | undefined,
): readonly RegistryEntry[] {
  const sampled = new Set(
    graph?.nodes.flatMap(({ kind, distribution }) => (kind === "stochastic" && distribution ? [distribution] : [])),
  );
  const serves = ({ serves: served }: RegistryEntry): boolean =>
    !served || [...sampled].every((id) => served.includes(id));
  return estimators.filter(serves);
}

/** One row of a quick pick for a registry entry: its id is what people type, so it is the label. */
export function registryChoice({ id, title, summary, unbiased }: RegistryEntry): Choice<string> {
  return { label: id, description: title, detail: unbiased ?? summary, value: id };
}
