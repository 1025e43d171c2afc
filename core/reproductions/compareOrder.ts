import type { Entry, Results } from "./reproduction";

/** How the paper's order of rows compares with ours, pair by pair. */
export interface OrderComparison {
  readonly pairs: number;
  readonly same: number;
  readonly other: number;
  /** Pairs whose measured difference is below two standard errors, or whose published one is none. */
  readonly undecided: number;
}

/** Standard errors that a difference needs to count. */
const STANDARD_ERRORS = 2;

/**
 * Compares all pairs of rows of equal labels `within`, by every quantity that the paper prints. Where rows saw the same examples the
 * standard error is that of the paired differences.
 */
export function compareOrder(results: Results, within: readonly string[]): OrderComparison {
  const entries = results.entries.filter(({ published, measured }) => published !== null && measured !== null);
  const counts = { pairs: 0, same: 0, other: 0, undecided: 0 };
  entries.forEach((a, i) => {
    for (const b of entries.slice(i + 1)) {
      if (a.quantity !== b.quantity || within.some((name) => a.labels[name] !== b.labels[name])) continue;
      counts.pairs++;
      const ours = sign(results, a, b);
      const theirs = Math.sign(a.published!.value - b.published!.value);
      if (ours === 0 || theirs === 0) counts.undecided++;
      else if (ours === theirs) counts.same++;
      else counts.other++;
    }
  });
  return counts;
}

function sign(results: Results, a: Entry, b: Entry): number {
  const paired = results.difference(a.quantity, a.labels, b.labels);
  const [first, second] = [a.measured!, b.measured!];
  const difference = first.value - second.value;
  const error =
    paired !== null && first.runs === 1
      ? paired.standardError
      : Math.hypot(first.standardError ?? NaN, second.standardError ?? NaN);
  return Math.abs(difference) > STANDARD_ERRORS * error ? Math.sign(difference) : 0;
}
