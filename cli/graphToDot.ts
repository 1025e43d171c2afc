import type { GraphNode, GraphNodeKind, ModelGraph } from "../core/protocol/graph";
import { formatShape } from "../core/format";

const shapes: Readonly<Record<GraphNodeKind, string>> = {
  data: "folder",
  parameter: "box",
  deterministic: "invtrapezium",
  stochastic: "circle",
  observed: "doublecircle",
  cost: "diamond",
};

/** A graph in Graphviz's DOT language, from top to bottom; parameters are dashed. */
export function graphToDot(name: string, { nodes, edges }: ModelGraph): string {
  return [
    `digraph ${quote(name)} {`,
    "  rankdir=TB;",
    ...nodes.map(
      (node) =>
        `  ${quote(node.name)} [shape=${shapes[node.kind]}${node.kind === "parameter" ? ", style=dashed" : ""}, label=${quote(label(node))}];`,
    ),
    ...edges.map(({ from, to }) => `  ${quote(from)} -> ${quote(to)};`),
    "}",
  ].join("\n");
}

function label({ name, shape, distribution, estimator }: GraphNode): string {
  return [
    name,
    ...(shape.length > 0 ? [formatShape(shape)] : []),
    ...(distribution ? [distribution] : []),
    ...(estimator ? [estimator] : []),
  ].join("\n");
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
