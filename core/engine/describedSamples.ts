import type { Prepared } from "./prepare";

/**
 * S of the estimate that `variance`, `bias` and `compare` describe: as few samples as the estimators work with where samples are only
 * averaged, all of them where the objective is made of several; the asked number has the last word.
 */
export function describedSamples(
  { objective, numSamples }: Pick<Prepared, "objective" | "numSamples">,
  specs: Prepared["specs"],
  asked?: number,
): number {
  if (asked !== undefined) return asked;
  return Math.max(
    objective.additive ? 1 : numSamples,
    ...[...specs.values()].map(({ estimator }) => estimator.minSamples ?? 1),
  );
}
