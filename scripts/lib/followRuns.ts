import { closeSync, existsSync, openSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";

interface RunEvent {
  readonly step?: number;
  readonly loss?: number;
  readonly name?: string;
  readonly value?: number;
  readonly standardError?: number;
  readonly state?: string;
  readonly message?: string | null;
}

/**
 * Prints what the runs in a folder log from now on: losses (one a second), evaluations and changes of state.
 * Runs that were there before are left alone. Returns a function that stops.
 */
export function followRuns(folder: string, print: (line: string) => void = console.log): () => void {
  const list = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const known = new Set(list());
  const logs = new Map<string, LogReader>();
  const look = (): void => {
    for (const run of list()) {
      const file = join(folder, run, "events.jsonl");
      if (!known.has(run) && !logs.has(run) && existsSync(file)) logs.set(run, new LogReader(file));
    }
    for (const [run, log] of logs) for (const line of describeEvents(log.read())) print(`${run}  ${line}`);
  };
  const timer = setInterval(look, 1000);
  return () => {
    clearInterval(timer);
    look();
    for (const log of logs.values()) log.close();
  };
}

/** The lines that people read, of the new events of one run: every evaluation and state, and the last loss only. */
export function describeEvents(events: readonly RunEvent[]): string[] {
  const digits = (value: number): string => String(Number(value.toPrecision(4)));
  const lines = events.flatMap(({ step, name, value, standardError, state, message }) => {
    if (name !== undefined && value !== undefined) {
      const error = standardError === undefined ? "" : ` ± ${digits(standardError)} (standard error)`;
      return [`step ${step ?? "?"}  ${name} ${digits(value)}${error}`];
    }
    return state === undefined ? [] : [message ? `${state}: ${message}` : state];
  });
  const last = events.filter(({ loss }) => typeof loss === "number").at(-1);
  return last?.loss === undefined ? lines : [`step ${last.step ?? "?"}  loss ${digits(last.loss)}`, ...lines];
}

/** Reads what was appended to a log of JSON lines since the last time. */
class LogReader {
  private readonly handle: number;
  private readonly buffer = Buffer.alloc(1 << 20);
  private rest = "";

  constructor(file: string) {
    this.handle = openSync(file, "r");
  }

  read(): RunEvent[] {
    const length = readSync(this.handle, this.buffer);
    const lines = (this.rest + this.buffer.toString("utf8", 0, length)).split("\n");
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as RunEvent];
      } catch {
        return []; // a line that a crash has cut
      }
    });
  }

  close(): void {
    closeSync(this.handle);
  }
}
