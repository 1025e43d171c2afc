import type { RunDelta, RunSnapshot } from "./snapshot";

/** Longest history that a snapshot keeps of one series; older points are thinned by half when it is passed. */
export const historyLimit = 4000;

/** The snapshot after a delta: fields replaced, series appended and thinned. The given snapshot is left as it was. */
export function applyDelta(snapshot: RunSnapshot, delta: RunDelta): RunSnapshot {
  return {
    ...snapshot,
    ...delta.fields,
    loss: append(snapshot.loss, delta.loss),
    evaluations: append(snapshot.evaluations, delta.evaluations),
    variance: append(snapshot.variance, delta.variance),
    changes: append(snapshot.changes, delta.changes),
  };
}

/** One delta that does what `first` and then `second` do. */
export function mergeDeltas(first: RunDelta, second: RunDelta): RunDelta {
  const series = <K extends "loss" | "evaluations" | "variance" | "changes">(key: K): Pick<RunDelta, K> | object => {
    const joined = [...(first[key] ?? []), ...(second[key] ?? [])];
    return joined.length > 0 ? { [key]: joined } : {};
  };
  return {
    runId: second.runId,
    sequence: second.sequence,
    fields: { ...first.fields, ...second.fields },
    ...series("loss"),
    ...series("evaluations"),
    ...series("variance"),
    ...series("changes"),
  };
}

function append<T>(series: readonly T[], more: readonly T[] | undefined): readonly T[] {
  if (!more || more.length === 0) return series;
  const joined = [...series, ...more];
  return joined.length > historyLimit ? thin(joined) : joined;
}

/** Keeps the newest half whole and every second point of the older half. */
function thin<T>(series: readonly T[]): readonly T[] {
  const half = Math.floor(series.length / 2);
  return series.filter((_, index) => index >= half || index % 2 === 0);
}
