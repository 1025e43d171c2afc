import { GradlensError } from "../errors";
import type { Structure } from "../graph/structure";
import { applicable, type EstimatorSpec } from "./estimatorSpec";

/**
 * Refuses estimators that cannot work where they stand: a relaxed value that meets an operation made for discrete ones.
 *
 * @throws GL1317 naming node, operation and the ids that would work
 */
export function refuseUnsuited(
  specs: ReadonlyMap<string, EstimatorSpec>,
  structure: Pick<Structure, "nodes" | "ancestors" | "hardOperations">,
  distributions: Structure["distributions"],
  objectiveId: string,
  usage = true,
): void {
  for (const [node, { estimator }] of specs) {
    if (!estimator.relaxes) continue;
    const relaxed = [
      node,
      ...(estimator.relaxes === "downstream"
        ? structure.nodes.filter((other) => structure.ancestors.get(other)?.has(node))
        : []),
    ];
    const met = relaxed.find((name) => structure.hardOperations.has(name));
    if (met === undefined) continue;
    const working = applicable(distributions.get(node)!.id, objectiveId).filter(
      ({ relaxes, unbiased }) => !relaxes && unbiased !== "never",
    );
    throw new GradlensError(
      "GL1317",
      `estimator ${estimator.id} relaxes node "${met}", whose value goes through ${structure.hardOperations.get(met)!} and has to stay discrete there; at node "${node}" use one of ${working.map(({ id }) => id).join(", ")}`,
      { usage },
    );
  }
}

/** @throws GL1334 when an estimator needs more samples than there are */
export function refuseFewSamples(specs: ReadonlyMap<string, EstimatorSpec>, numSamples: number, usage = true): void {
  for (const [node, { estimator }] of specs) {
    const least = estimator.minSamples ?? 1;
    if (numSamples >= least) continue;
    throw new GradlensError(
      "GL1334",
      `estimator ${estimator.id} at node "${node}" needs at least ${least} samples, got ${numSamples}; set --samples ${least} or more, or use lr-c or muprop-c`,
      { usage },
    );
  }
}
