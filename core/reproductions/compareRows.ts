import type { Claim, Measured, Results } from "./reproduction";

type Labels = Readonly<Record<string, string>>;

/**
 * A claim that one row ends lower than another at each of several places: it holds where the difference is above two standard errors
 * everywhere, fails where it is as far below somewhere, and is open otherwise. Paired over test examples where both rows kept them.
 */
export function lowerEverywhere(
  text: string,
  quantity: string,
  places: readonly Labels[],
  lower: Labels,
  higher: Labels,
): Claim {
  return {
    text,
    check(results) {
      const found = places.flatMap((place) => {
        const gain = differenceOf(results, quantity, { ...place, ...higher }, { ...place, ...lower });
        return gain === null ? [] : [{ ...gain, at: Object.values(place).join(", ") }];
      });
      if (found.length === 0) return { holds: null, why: "no pair was run" };
      const clear = (sign: number): number =>
        found.filter(({ value, standardError }) => sign * value > 2 * standardError).length;
      const list = found.map(
        ({ value, standardError, at }) => `${value.toFixed(2)} ± ${standardError.toFixed(2)} at ${at}`,
      );
      return {
        holds: clear(-1) > 0 ? false : clear(1) === places.length ? true : null,
        why: `${found.length} of ${places.length} pairs were run; differences ± one standard error, in nats: ${list.join("; ")}`,
      };
    },
  };
}

function differenceOf(
  results: Results,
  quantity: string,
  a: Labels,
  b: Labels,
): { readonly value: number; readonly standardError: number } | null {
  const paired = results.difference(quantity, a, b);
  if (paired) return paired;
  const [first, second] = [results.last(quantity, a), results.last(quantity, b)];
  if (!known(first) || !known(second)) return null;
  return { value: first.value - second.value, standardError: Math.hypot(first.standardError, second.standardError) };
}

function known(measured: Measured | null): measured is Measured & { readonly standardError: number } {
  return measured !== null && measured.standardError !== null;
}
