import { GradlensError } from "../errors";
import type { Structure } from "../graph/structure";
import type { Objective } from "./objective";

/** Refuses a form of the bound that needs a closed form which a node has not. @throws GL1309 naming the node, why, and what would do */
export function refuseForm(
  { form }: Objective,
  { noDivergence, noEntropy }: Pick<Structure, "noDivergence" | "noEntropy">,
  usage: boolean,
): void {
  if (form === undefined || form === "joint") return;
  const [first] = form === "kl" ? noDivergence : noEntropy;
  if (!first) return;
  const [node, why] = first;
  const instead = form === "kl" && noEntropy.size === 0 ? "form=entropy or form=joint" : "form=joint";
  throw new GradlensError(
    "GL1309",
    `objective elbo(form=${form}) needs a closed form at every node, but at node "${node}" ${why}; use ${instead}`,
    { usage },
  );
}
