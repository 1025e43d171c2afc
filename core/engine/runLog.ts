import { GradlensError } from "../errors";
import type { EvaluationRecord, RunDelta, RunSnapshot } from "../protocol/snapshot";
import type { RunEvent, RunFolder } from "./runFolder";
import { RunHistory } from "./runHistory";
import type { TensorBoardLog } from "./tensorboard";

/** What a run tells: its snapshot and deltas to views, events and scalars to its folder. */
export class RunLog {
  private readonly history: RunHistory;
  private readonly pending: RunEvent[] = [];
  private sequence = 0;
  private closed = false;

  constructor(
    first: RunSnapshot,
    private readonly folder: RunFolder | null,
    readonly tensorBoard: TensorBoardLog | null,
    private readonly onDelta: (delta: RunDelta) => void,
  ) {
    this.history = new RunHistory(first);
  }

  get snapshot(): RunSnapshot {
    return this.history.current;
  }

  /** Whether the folder takes no more lines. */
  get ended(): boolean {
    return this.closed;
  }

  set(fields: Parameters<RunHistory["set"]>[0]): void {
    this.history.set(fields);
  }

  append(records: Parameters<RunHistory["append"]>[0]): void {
    this.history.append(records);
  }

  /** A line of the event log, at the snapshot's step; nothing once the folder is closed. */
  event(type: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.folder && !this.closed) this.pending.push({ type, step: this.snapshot.step, ...fields });
  }

  evaluations(records: readonly EvaluationRecord[]): void {
    for (const { name, value, standardError, samples } of records) {
      this.event("evaluation", { name, value, standardError, samples });
      this.tensorBoard?.scalar(name, this.snapshot.step, value);
    }
    this.append({ evaluations: records });
    this.flush();
  }

  /** Logs first, then tells: what a view has shown is never lost. */
  flush(): void {
    if (this.folder && !this.closed) {
      const events = this.pending.splice(0);
      this.folder.append(events);
      this.folder.write(this.tensorBoard);
    }
    this.tell();
  }

  end(state: "finished" | "stopped" | "failed", message: string | null, stepsPerSecond: number | null): void {
    this.set({ state, message, stepsPerSecond });
    this.event("end", { state, ...(message === null ? {} : { message }) });
    try {
      this.flush();
    } catch (error) {
      // A disk that is full refuses the last lines too; the message already says so.
      if (!(error instanceof GradlensError)) throw error;
      this.tell();
    }
  }

  close(): void {
    this.closed = true;
    this.tensorBoard?.close();
    this.folder?.close();
  }

  private tell(): void {
    const delta = this.history.takeDelta(this.sequence + 1);
    if (!delta) return;
    this.sequence++;
    this.onDelta(delta);
  }
}
