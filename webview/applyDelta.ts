import type { RunDelta, RunSnapshot } from "../core/protocol/snapshot";

function append<T>(before: readonly T[], more: readonly T[] | undefined): readonly T[] {
  return more === undefined || more.length === 0 ? before : [...before, ...more];
}

/**
 * The snapshot after a delta: `fields` replace, lists are appended to. Pure; lists that did not grow keep their identity, so
 * that views can see by `===` what changed.
 */
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

/** Whether a delta continues what the view holds; otherwise the view asks for everything again. */
export function continues(snapshot: RunSnapshot | null, lastSequence: number | null, delta: RunDelta): boolean {
  if (snapshot === null || delta.runId !== snapshot.runId) return false;
  return lastSequence === null || delta.sequence === lastSequence + 1;
}
