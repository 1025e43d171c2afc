/** What happened at a step: a point of the loss, or a record. */
type AtStep = readonly [number, number] | { readonly step: number };

const stepOf = (item: AtStep): number => ("step" in item ? item.step : item[0]);

/**
 * A history of at most `limit` entries in the order of their steps: the newest half of them whole, of the older ones those of about a quarter as
 * many steps, evenly apart. However often it grows and is thinned again, no stretch of steps is lost. What belongs to one step stays together.
 */
export function thinHistory<T extends AtStep>(history: readonly T[], limit: number): readonly T[] {
  if (history.length <= limit) return history;
  const half = history.length - Math.floor(limit / 2);
  const [from, to] = [stepOf(history[0]!), stepOf(history[half]!)];
  const apart = Math.max(1, (to - from) / (limit / 4));
  let last = -Infinity;
  let stretch = -1;
  const older = history.slice(0, half).filter((item) => {
    const step = stepOf(item);
    if (step === last) return true;
    const own = Math.floor((step - from) / apart);
    if (own === stretch) return false;
    stretch = own;
    last = step;
    return true;
  });
  return [...older, ...history.slice(half)];
}
