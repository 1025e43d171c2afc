import type { OptionValue } from "../../estimators/estimator";
import { specText } from "../../estimators/estimatorSpec";
import type { SweepSubject } from "./sweepKind";

/** Nodes whose estimator has an option of that name. */
export function nodesWithOption({ specs }: SweepSubject, name: string): string[] {
  return [...specs]
    .filter(([, { estimator }]) => estimator.options.some((option) => option.name === name))
    .map(([node]) => node);
}

/** The estimators of all nodes as on the command line, with other options at some of them. */
export function withOptions(
  { specs }: SweepSubject,
  nodes: readonly string[],
  changes: Readonly<Record<string, OptionValue>>,
): string {
  return specText(
    new Map(
      [...specs].map(([node, { estimator, options, text }]) => {
        if (!nodes.includes(node)) return [node, { text }];
        const given = estimator.options.flatMap(({ name, default: usual }) => {
          const value = changes[name] ?? options[name] ?? usual;
          return name in changes || value !== usual ? [`${name}=${value}`] : [];
        });
        return [node, { text: `${estimator.id}(${given.join(",")})` }];
      }),
    ),
  );
}
