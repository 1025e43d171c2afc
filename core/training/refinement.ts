import type { Structure } from "../graph/structure";
import { GradlensError } from "../errors";
import type { InferenceOptions, ModelDefinition } from "../model/defineModel";
import type { Objective } from "../objectives/objective";

/** Estimators whose gradient runs through the value alone, so that it can climb an example's own bound. */
const working: Readonly<Record<string, readonly string[]>> = {
  normal: ["pathwise"],
  bernoulli: ["mean-passing", "straight-through"],
};

/** Whether a model asks for refined posteriors and the estimators can climb to them: training then takes its gradient there. */
export function isRefined(
  { inference }: ModelDefinition["options"],
  ...[structure, objective, estimators]: FittedTo
): boolean {
  if (!inference) return false;
  try {
    refinedNode(inference, structure, objective, estimators);
    return true;
  } catch (error) {
    if (error instanceof GradlensError) return false;
    throw error;
  }
}

type FittedTo = Parameters<typeof refinedNode> extends [unknown, ...infer Rest] ? Rest : never;

/**
 * The one node whose posterior is refined (seed 5, section 2: one latent layer with a factorial guide).
 *
 * @throws GL1330 for steps or a rate that are none, GL1331 where model, objective or estimator do not fit
 */
export function refinedNode(
  { steps, rate }: InferenceOptions,
  structure: Pick<Structure, "nodes" | "distributions">,
  objective: Objective,
  estimators: ReadonlyMap<string, { readonly estimator: { readonly id: string } }>,
): string {
  if (!Number.isSafeInteger(steps) || steps < 1)
    throw new GradlensError("GL1330", `inference needs a whole number of steps of at least 1, got ${steps}`);
  if (!(rate > 0 && rate < Infinity)) throw new GradlensError("GL1330", `inference needs a rate above 0, got ${rate}`);
  const [node] = structure.nodes;
  if (node === undefined || structure.nodes.length > 1) {
    throw new GradlensError(
      "GL1331",
      `inference refines one latent layer, got the nodes ${structure.nodes.join(", ")}; leave it out`,
    );
  }
  if (objective.id !== "elbo")
    throw new GradlensError(
      "GL1331",
      `inference climbs the objective elbo, got ${objective.id}; use elbo or leave it out`,
    );
  const { id } = structure.distributions.get(node)!;
  const fitting = working[id];
  if (!fitting)
    throw new GradlensError("GL1331", `inference refines normal and Bernoulli nodes, got ${id} at node "${node}"`);
  const found = estimators.get(node)!.estimator.id;
  if (!fitting.includes(found))
    throw new GradlensError(
      "GL1331",
      `inference at node "${node}" needs the estimator ${fitting.join(" or ")}, got ${found}`,
    );
  return node;
}
