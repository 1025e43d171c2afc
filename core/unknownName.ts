import { closest, distance } from "fastest-levenshtein";
import { GradlensError } from "./errors";

/**
 * A name that is not in a registry: the error says what was found, the nearest name where one is near, and all that there are.
 *
 * @param usage whether the command line may have said it; false for what only a model file says
 */
export function unknownName(
  code: string,
  thing: string,
  found: string,
  known: readonly string[],
  usage = true,
): GradlensError {
  return new GradlensError(
    code,
    `${thing} "${found}" does not exist${didYouMean(found, known)}; choose one of ${known.join(", ")}`,
    { usage },
  );
}

/** The nearest of the known names in parentheses, where at most a third of its letters, or one, tells it apart; else nothing. */
export function didYouMean(found: string, known: readonly string[]): string {
  const near = closest(found.toLowerCase(), known);
  const most = Math.max(1, Math.floor(near.length / 3));
  return distance(found.toLowerCase(), near.toLowerCase()) <= most ? ` (did you mean ${near}?)` : "";
}
