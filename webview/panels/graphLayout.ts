import { Graph, layout } from "@dagrejs/dagre";
import type { GraphNode, GraphNodeKind, GraphRole, ModelGraph } from "../../core/protocol/graph";
import { formatShape } from "../format";

export interface PlacedNode {
  readonly node: GraphNode;
  /** Given, or that of everything it feeds. */
  readonly role: GraphRole | null;
  /** Name, then what is said of it. */
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface PlacedGroup {
  readonly role: GraphRole;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedGraph {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly groups: readonly PlacedGroup[];
  readonly width: number;
  readonly height: number;
}

export type LayoutDirection = "TB" | "LR";

/** Widths of a letter of the two text sizes, pixels. */
const letter = { name: 7.6, detail: 6.4 };
const longest = 26;

/** Room for a group's title above its nodes. */
const titleHeight = 16;

function withTitle(role: GraphRole, { x, y, width, height }: Omit<PlacedGroup, "role">): PlacedGroup {
  return { role, x, y: y - titleHeight / 2, width, height: height + titleHeight };
}

/** Shortens in the middle, where names differ least. */
export function shorten(name: string): string {
  return name.length <= longest ? name : `${name.slice(0, longest / 2 - 1)}…${name.slice(1 - longest / 2)}`;
}

/** Roles for nodes that have none: that of everything they feed, when it is one; data belong to nobody. */
export function inferRoles({ nodes, edges }: ModelGraph): ReadonlyMap<string, GraphRole | null> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const roles = new Map<string, GraphRole | null>();
  const visit = (name: string): GraphRole | null => {
    const known = roles.get(name);
    if (known !== undefined) return known;
    const node = byName.get(name);
    roles.set(name, node?.role ?? null);
    if (!node || node.role || node.kind === "data") return node?.role ?? null;
    const fed = new Set(edges.filter(({ from }) => from === name).map(({ to }) => visit(to)));
    const [only = null] = fed;
    const role = fed.size === 1 ? only : null;
    roles.set(name, role);
    return role;
  };
  for (const { name } of nodes) visit(name);
  return roles;
}

function linesOf(node: GraphNode): readonly string[] {
  const shape = node.shape.length > 0 ? formatShape(node.shape) : "";
  const detail = [node.distribution, shape].filter(Boolean).join(" · ");
  return [shorten(node.name), ...(detail ? [detail] : []), ...(node.estimator ? [shorten(node.estimator)] : [])];
}

/** Extra width that a kind's outline takes. */
const room: Readonly<Record<GraphNodeKind, number>> = {
  data: 34,
  parameter: 26,
  deterministic: 22,
  stochastic: 40,
  observed: 40,
  cost: 44,
};

/** Layers from data and parameters to costs, with the guide and the model in groups of their own. Pure. */
export function layoutGraph(graph: ModelGraph, direction: LayoutDirection): PlacedGraph {
  const roles = inferRoles(graph);
  const used = new Set(roles.values());
  const groups = (["guide", "model"] as const).filter((role) => used.has(role));
  const dag = new Graph({ compound: true });
  dag.setGraph({
    rankdir: direction,
    nodesep: 14,
    ranksep: direction === "TB" ? 28 : 36,
    edgesep: 10,
    marginx: 12,
    marginy: 12 + titleHeight / 2,
  });
  dag.setDefaultEdgeLabel(() => ({}));
  for (const role of groups) dag.setNode(`role:${role}`, { width: 0, height: 0 });
  const sized = graph.nodes.map((node) => {
    const lines = linesOf(node);
    const text = Math.max(...lines.map((line, index) => line.length * (index === 0 ? letter.name : letter.detail)));
    return { node, lines, width: Math.max(64, text + room[node.kind]), height: 16 + lines.length * 14 };
  });
  for (const { node, width, height } of sized) {
    dag.setNode(node.name, { width, height });
    const role = roles.get(node.name);
    if (role === "guide" || role === "model") dag.setParent(node.name, `role:${role}`);
  }
  for (const { from, to } of graph.edges) if (dag.hasNode(from) && dag.hasNode(to)) dag.setEdge(from, to, {});
  layout(dag);
  const box = (name: string): { x: number; y: number; width: number; height: number } => {
    const { x = 0, y = 0, width, height } = dag.node(name) as { x?: number; y?: number; width: number; height: number };
    return { x, y, width, height };
  };
  const { width = 0, height = 0 } = dag.graph() as { width?: number; height?: number };
  return {
    nodes: sized.map(({ node, lines }) => ({ node, lines, role: roles.get(node.name) ?? null, ...box(node.name) })),
    edges: graph.edges
      .filter(({ from, to }) => dag.hasEdge(from, to))
      .map(({ from, to }) => ({
        from,
        to,
        points: (dag.edge(from, to) as { points?: PlacedEdge["points"] }).points ?? [],
      })),
    groups: groups.map((role) => withTitle(role, box(`role:${role}`))),
    width,
    height,
  };
}
