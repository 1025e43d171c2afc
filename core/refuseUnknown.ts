import { GradlensError } from "./errors";
import { didYouMean } from "./unknownName";

/**
 * Refuses what a call does not know: in JavaScript, or where types are not looked at, a misspelt member would be taken as left out.
 *
 * @param owner what was called, as the message names it: `dense("encode")`
 * @param given the object of named members
 * @throws GL1112 naming the member, the nearest one and all that there are; GL1113 where there is no such object
 */
export function refuseUnknown(owner: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new GradlensError("GL1113", `${owner} takes an object of ${known.join(", ")}, got ${kindOf(given)}`);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new GradlensError(
      "GL1112",
      `${owner} has no "${name}"${didYouMean(name, known)}; it has ${known.join(", ")}`,
    );
  }
}

function kindOf(given: unknown): string {
  if (Array.isArray(given)) return "an array";
  return given === null || given === undefined ? "nothing" : `a ${typeof given}`;
}
