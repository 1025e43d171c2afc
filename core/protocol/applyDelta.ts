import { thinHistory } from "./thinHistory";
import type { RunDelta, RunSnapshot } from "./snapshot";

/** Longest history that a snapshot keeps of one series; older points are thinned when it is passed. */
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

function append<T extends Parameters<typeof thinHistory>[0][number]>(
  series: readonly T[],
  more: readonly T[] | undefined,
): readonly T[] {
  return more && more.length > 0 ? thinHistory([...series, ...more], historyLimit) : series;
}
