import type { NodeEstimator } from "../estimators/estimator";
import type { Structure } from "../graph/structure";

/** Some of the rows of a chunk, which holds every example the same number of times. */
export interface RowBlock {
  readonly firstExample: number;
  readonly examples: number;
  readonly firstReplicate: number;
  readonly replicates: number;
}

/** Rows, and copies of rows with one unit changed, that are evaluated before other work may go on. */
const COPIES = 4096;

/**
 * Cuts a chunk's rows into blocks whose evaluation takes about as long as a few steps of training: into fewer examples, or, where one is too
 * many, into fewer replicates. What an estimator makes of a row does not depend on the others, and draws do not depend on the cut.
 *
 * @returns blocks by example, those of the same examples by replicate
 */
export function rowBlocks(
  { distributions }: Pick<Structure, "distributions">,
  estimators: ReadonlyMap<string, NodeEstimator>,
  {
    examples,
    replicates,
    samples,
  }: { readonly examples: number; readonly replicates: number; readonly samples: number },
): readonly RowBlock[] {
  const copies = [...distributions].reduce(
    (sum, [node, { unitShape, statesPerUnit }]) =>
      sum + (estimators.get(node)?.copies?.(unitShape, statesPerUnit) ?? 0),
    1,
  );
  const most = copies === 1 ? Infinity : Math.max(1, Math.floor(COPIES / copies / samples));
  const byExample = cut(examples, Math.max(1, Math.floor(most / replicates)));
  const byReplicate = cut(replicates, most);
  return byExample.flatMap(([firstExample, count]) =>
    byReplicate.map(([firstReplicate, times]) => ({
      firstExample,
      examples: count,
      firstReplicate,
      replicates: times,
    })),
  );
}

/** Runs of at most so many of `total`, as even as may be: the first and the number of each. */
function cut(total: number, most: number): readonly (readonly [number, number])[] {
  const parts = Math.max(1, Math.ceil(total / most));
  const at = (part: number): number => Math.round((part * total) / parts);
  return Array.from({ length: parts }, (_, part) => [at(part), at(part + 1) - at(part)] as const);
}
