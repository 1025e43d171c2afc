import { thinHistory } from "../protocol/thinHistory";
import type { RunDelta, RunSnapshot } from "../protocol/snapshot";

type Fields = RunDelta["fields"];
type Appended = Pick<RunDelta, "loss" | "evaluations" | "variance" | "changes">;

/** Points of the loss and variance records kept for views that open late; older ones are thinned. */
const MAX_LOSS = 8000;
const MAX_VARIANCE = 600;

/** The snapshot of a run and what has changed in it since it was last taken. */
export class RunHistory {
  private snapshot: RunSnapshot;
  private fields: Record<string, unknown> = {};
  private loss: (readonly [number, number])[] = [];
  private evaluations: NonNullable<RunDelta["evaluations"]>[number][] = [];
  private variance: NonNullable<RunDelta["variance"]>[number][] = [];
  private changes: NonNullable<RunDelta["changes"]>[number][] = [];
  private changed = false;

  constructor(first: RunSnapshot) {
    this.snapshot = first;
  }

  get current(): RunSnapshot {
    return this.snapshot;
  }

  set(fields: Fields): void {
    this.snapshot = { ...this.snapshot, ...fields };
    Object.assign(this.fields, fields);
    this.changed = true;
  }

  append({ loss = [], evaluations = [], variance = [], changes = [] }: Appended): void {
    this.loss.push(...loss);
    this.evaluations.push(...evaluations);
    this.variance.push(...variance);
    this.changes.push(...changes);
    this.snapshot = {
      ...this.snapshot,
      loss: thinHistory(push(this.snapshot.loss, loss), MAX_LOSS),
      evaluations: push(this.snapshot.evaluations, evaluations),
      variance: thinHistory(push(this.snapshot.variance, variance), MAX_VARIANCE),
      changes: push(this.snapshot.changes, changes),
    };
    this.changed = true;
  }

  /** What happened since the last call, or null. */
  takeDelta(sequence: number): RunDelta | null {
    if (!this.changed) return null;
    const delta: RunDelta = {
      runId: this.snapshot.runId,
      sequence,
      fields: this.fields as Fields,
      ...(this.loss.length > 0 ? { loss: this.loss } : {}),
      ...(this.evaluations.length > 0 ? { evaluations: this.evaluations } : {}),
      ...(this.variance.length > 0 ? { variance: this.variance } : {}),
      ...(this.changes.length > 0 ? { changes: this.changes } : {}),
    };
    this.fields = {};
    this.loss = [];
    this.evaluations = [];
    this.variance = [];
    this.changes = [];
    this.changed = false;
    return delta;
  }
}

/** Appends in place: the arrays belong to this history, snapshots that leave the process are copies. */
function push<T>(list: readonly T[], more: readonly T[]): readonly T[] {
  if (more.length > 0) (list as T[]).push(...more);
  return list;
}
