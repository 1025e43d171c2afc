import type { RunSnapshot } from "../../core/protocol/snapshot";

/** How many nodes of the model draw noise of their own. */
export function drawnNodes({ graph }: RunSnapshot): number {
  return graph.nodes.filter(({ kind }) => kind === "stochastic").length;
}
