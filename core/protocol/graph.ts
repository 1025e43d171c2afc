import type { SourceLocation } from "./source";

export type GraphNodeKind = "data" | "parameter" | "deterministic" | "stochastic" | "observed" | "cost";

/** `guide` nodes are q(h | x), `model` nodes p(x, h), `program` nodes an expected cost. */
export type GraphRole = "guide" | "model" | "program";

export interface GraphNode {
  readonly name: string;
  readonly kind: GraphNodeKind;
  readonly role?: GraphRole;
  /** Distribution id of stochastic and observed nodes. */
  readonly distribution?: string;
  /** Estimator of a stochastic node, with its options, as on the command line. */
  readonly estimator?: string;
  /** Without the leading axes [S, B] for nodes that have them. */
  readonly shape: readonly number[];
  readonly source?: SourceLocation;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface ModelGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}
