import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { VarianceRecord } from "../protocol/variance";
import { type EventRecord, encodeEvent } from "./tensorboardEvent";
import { frameRecord } from "./tfRecord";
import { writeAll } from "./writeAll";

/** Scalars of a run in TensorBoard's event files, `events.out.tfevents.SECONDS.gradlens.PID`, one for every start of the run. */
export class TensorBoardLog {
  private readonly file: number;
  private pending: EventRecord[] = [];

  /** @param step steps taken before this start: TensorBoard leaves out what an earlier start wrote beyond them */
  constructor(folder: string, step: number) {
    const wallTime = Date.now() / 1000;
    this.file = openSync(join(folder, `events.out.tfevents.${Math.floor(wallTime)}.gradlens.${process.pid}`), "a");
    this.pending.push({ wallTime, fileVersion: "brain.Event:2" }, { wallTime, step: step + 1, sessionStart: true });
  }

  scalar(tag: string, step: number, value: number): void {
    this.pending.push({ wallTime: Date.now() / 1000, step, scalar: { tag, value } });
  }

  /** The parts of every parameter's variance that are known, and its signal-to-noise ratio. */
  variance({ step, parameters }: VarianceRecord): void {
    for (const { name, monteCarlo, data, snr } of parameters) {
      for (const [quantity, value] of [
        ["monte_carlo_variance", monteCarlo],
        ["data_variance", data],
        ["snr", snr],
      ] as const) {
        if (value !== null) this.scalar(`${quantity}/${name}`, step, value);
      }
    }
  }

  /** Writes what came since the last call. */
  flush(): void {
    const records = this.pending;
    if (records.length === 0) return;
    this.pending = [];
    writeAll(this.file, Buffer.concat(records.map((record) => frameRecord(encodeEvent(record)))));
  }

  close(): void {
    closeSync(this.file);
  }
}
