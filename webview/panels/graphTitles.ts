import type { GraphNodeKind, GraphRole } from "../../core/protocol/graph";
import { text } from "../text";

/** Names of the kinds of nodes. */
export const kindTitles = (): Readonly<Record<GraphNodeKind, string>> => ({
  data: text("data"),
  parameter: text("parameter"),
  deterministic: text("deterministic"),
  stochastic: text("stochastic"),
  observed: text("observed"),
  cost: text("cost"),
});

/** Names of the parts of a model. */
export const roleTitles = (): Readonly<Record<GraphRole, string>> => ({
  guide: text("guide q(h | x)"),
  model: text("model p(x, h)"),
  program: text("program"),
});
