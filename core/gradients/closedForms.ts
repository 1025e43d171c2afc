import type { Structure } from "../graph/structure";
import type { Objective } from "../objectives/objective";

/** Nodes of which the bound takes a part in closed form. */
export interface ClosedForms {
  /** One term `kl:h`, the divergence from the prior, in place of `prior:h` and `entropy:h`. */
  readonly divergence: ReadonlySet<string>;
  /** `negentropy:h`, minus the entropy, in place of `entropy:h`, log q at the value drawn. */
  readonly entropy: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/**
 * What the objective takes in closed form (seed 4, eq. 1 to 3): nothing but under a mean over samples with entropy; there what its form
 * says, or, where it has none, the divergences that the model's option `analyticKl` asks for.
 */
export function closedForms(
  { entropy, additive, form }: Objective,
  structure: Pick<Structure, "nodes" | "analyticKl">,
): ClosedForms {
  const all = new Set(structure.nodes);
  if (!entropy || !additive || form === "joint") return { divergence: none, entropy: none };
  if (form === undefined) return { divergence: structure.analyticKl, entropy: none };
  return form === "kl" ? { divergence: all, entropy: none } : { divergence: none, entropy: all };
}

/** Whether a node's log q is no term of the loss, because a closed form stands for it. */
export function hasClosedEntropy(closed: ClosedForms, node: string): boolean {
  return closed.divergence.has(node) || closed.entropy.has(node);
}
