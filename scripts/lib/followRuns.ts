import { closeSync, existsSync, openSync, readSync, readdirSync } from "node:fs";
import { join } from "node:path";

interface RunEvent {
  readonly type: string;
  readonly step: number;
  readonly [field: string]: unknown;
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

/** The lines that people read, of the new events of one run: of the losses the last only. */
export function describeEvents(events: readonly RunEvent[]): string[] {
  const lastLoss = events.findLast(({ type }) => type === "loss");
  return events.flatMap((event) => {
    const { type, step, model, name, value, standardError, estimator, state, message } = event;
    switch (type) {
      case "start":
        return [`training of ${String(model ?? "the model")} starts at step ${step}`];
      case "loss":
        return event === lastLoss ? [`step ${step}  loss ${digits(value)}`] : [];
      case "estimator":
        return [`step ${step}  estimator ${String(estimator)} from here on`];
      case "evaluation":
        return [`step ${step}  ${String(name)} ${digits(value)} ± ${digits(standardError)} (standard error)`];
      case "end":
        return [`step ${step}  ${String(state)}${message === undefined ? "" : `: ${String(message)}`}`];
      default:
        return [];
    }
  });
}

/** A number with four significant digits; a number that is none, such as infinity, is logged as null. */
function digits(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : "unknown";
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
