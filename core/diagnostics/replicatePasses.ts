/** Replicates of every example of one pass, in groups of equal size. */
export interface ReplicatePass {
  readonly firstReplicate: number;
  readonly groups: number;
  readonly replicates: number;
}

/** Samples of all rows of one pass. */
const MAX_SAMPLES = 2048;
/** Inner products of large tensors grow with the square of an example's replicates: up to so many they cost less than the model itself. */
const MAX_REPLICATES = 64;
/** Numbers of the rows of a tensor that are formed. */
const MAX_NUMBERS = 2 ** 25;
/** Values that an interval is made of, and how many an example needs to be held fixed. */
const VALUES = 64;
const VALUES_OF_EXAMPLE = 4;

/**
 * `draws` replicates of every example, or a few more, in passes as large as memory and time allow. The replicates fall into groups, as large
 * as leaves enough of them: the variance within a group is one independent value for an interval, and the more replicates it has, the
 * less it varies.
 *
 * @param samples S of every row
 * @param formed elements of the largest tensor whose rows are formed; 0 where inner products serve
 * @param products whether they do for other tensors
 */
export function replicatePasses(
  draws: number,
  examples: number,
  { samples, formed, products }: { readonly samples: number; readonly formed: number; readonly products: boolean },
): readonly ReplicatePass[] {
  const rows = Math.min(MAX_SAMPLES / samples, MAX_NUMBERS / formed);
  const most = Math.max(2, Math.min(products ? MAX_REPLICATES : Infinity, Math.floor(rows / examples)));
  const wanted = Math.max(VALUES_OF_EXAMPLE, Math.ceil(VALUES / examples));
  const least = Math.max(1, Math.ceil(draws / most), Math.min(wanted, Math.floor(draws / 2)));
  const size = Math.max(2, Math.ceil(draws / least));
  const groups = Math.ceil(draws / size);
  const passes = Math.ceil(groups / Math.floor(most / size));
  const before = (pass: number): number => Math.floor((pass * groups) / passes);
  return Array.from({ length: passes }, (_, pass) => ({
    firstReplicate: before(pass) * size,
    groups: before(pass + 1) - before(pass),
    replicates: (before(pass + 1) - before(pass)) * size,
  }));
}
