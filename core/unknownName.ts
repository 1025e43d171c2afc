import { closest, distance } from "fastest-levenshtein";
import { GradlensError } from "./errors";

/**
 * A name that is not in a registry: the error says what was found, the nearest name where one is near, and all that there are.
 * Near is what at most a third of its letters, or one, tells apart.
 */
export function unknownName(code: string, thing: string, found: string, known: readonly string[]): GradlensError {
  const near = closest(found, known);
  const hint = distance(found, near) <= Math.max(1, Math.floor(near.length / 3)) ? ` (did you mean ${near}?)` : "";
  return new GradlensError(code, `${thing} "${found}" does not exist${hint}; choose one of ${known.join(", ")}`, {
    usage: true,
  });
}
