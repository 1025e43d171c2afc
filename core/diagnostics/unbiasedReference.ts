import type { Structure } from "../graph/structure";
import { applicable } from "../estimators/estimatorSpec";
import type { EstimatorSpec } from "../estimators/estimatorSpec";

/** What an estimator is compared with where the gradient is not known. */
export interface UnbiasedReference {
  /** As on the command line: `NODE=ID,…`. */
  readonly text: string;
  /** On what its being unbiased rests, one sentence each. */
  readonly notes: readonly string[];
}

/** Unbiased for every cost, from the least noisy. */
const unconditional = ["local-expectation", "muprop", "lr"] as const;
/** Copies of a node's value that its reference may evaluate for every draw. */
const MAX_FLIPS = 1000;
/** Far less noisy, and unbiased for continuous costs. */
const pathwise = ["pathwise", "implicit-pathwise"] as const;
/** These differentiate the cost, too: what a jump hides from them it hides from `pathwise`. */
const blindToJumps = new Set([
  ...pathwise,
  "sticking-the-landing",
  "dreg",
  "weak-reparameterization",
  "gsb",
] as readonly string[]);

/**
 * An unbiased estimator at each node to compare others with; null when a node has none.
 *
 * - A node's own family comes last, since an estimator's difference to itself is zero whatever it computes.
 * - Discrete nodes without others drawn given them take `local-expectation` where that is asked for: its noise is a small part of
 *   `muprop`'s, for one evaluation per unit and further state, which dense layers make cheap. Beside `lr`'s noise nobody would see it.
 * - A continuous node whose value meets no operation that jumps takes `pathwise`. Where the text reads values back, jumps are
 *   not seen: the note says what the verdict rests on.
 */
export function unbiasedReference(
  structure: Pick<Structure, "distributions" | "hardOperations" | "ancestors">,
  specs: ReadonlyMap<string, EstimatorSpec>,
  objectiveId: string,
  { flips = false }: { readonly flips?: boolean } = {},
): UnbiasedReference | null {
  const chosen: string[] = [];
  const onCondition: string[] = [];
  const jumps: string[] = [];
  for (const [node, distribution] of structure.distributions) {
    const { id, statesPerUnit } = distribution;
    const serving = new Set(applicable(id, objectiveId).map((estimator) => estimator.id));
    const own = specs.get(node)?.estimator.id ?? null;
    const family = familyOf(own);
    const flipped = flips && family !== "lr" && mayFlip(structure, node, distribution);
    const always = unconditional.filter(
      (candidate) => serving.has(candidate) && (candidate !== "local-expectation" || flipped),
    );
    const smooth = statesPerUnit === null ? pathwise.find((candidate) => serving.has(candidate)) : undefined;
    const jump = structure.hardOperations.get(node);
    const differs = smooth !== undefined && !(own !== null && (pathwise as readonly string[]).includes(own));
    if (smooth !== undefined && jump === undefined && (differs || always.length === 0)) {
      chosen.push(`${node}=${smooth}`);
      onCondition.push(
        `${smooth} at node "${node}"${own !== null && blindToJumps.has(own) ? `, which shares ${own}'s condition` : ""}`,
      );
      continue;
    }
    const best = always.find((candidate) => candidate !== family) ?? always[0];
    if (best === undefined) return null;
    chosen.push(`${node}=${best}`);
    if (differs)
      jumps.push(
        `node "${node}" goes through ${jump!}, which may jump, so that it is compared with ${best}, whose noise is larger`,
      );
  }
  const rests = `the reference is unbiased as long as the cost is continuous (ReLU kinks do no harm, jumps do): ${onCondition.join("; ")}`;
  return { text: chosen.join(","), notes: [...(onCondition.length > 0 ? [rests] : []), ...jumps] };
}

/** Estimators that agree draw by draw on some model are of one family. */
function familyOf(id: string | null): string | null {
  if (id === null) return null;
  if (id === "measure-valued") return "local-expectation";
  return ["muprop", "lr"].find((family) => id === family || id.startsWith(`${family}-`)) ?? id;
}

function mayFlip(
  { ancestors }: Pick<Structure, "ancestors">,
  node: string,
  { statesPerUnit, unitShape }: { readonly statesPerUnit: number | null; readonly unitShape: readonly number[] },
): boolean {
  if (statesPerUnit === null || (unitShape[0] ?? 1) * (statesPerUnit - 1) > MAX_FLIPS) return false;
  return ![...ancestors.values()].some((above) => above.has(node));
}
