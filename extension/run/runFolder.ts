import { open, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunState } from "../../core/protocol/snapshot";

/** A run as its folder tells it, readable also after a crash. */
export interface RunRecord {
  readonly folder: string;
  readonly runId: string | null;
  readonly model: string;
  readonly file: string | null;
  readonly exportName: string | null;
  readonly estimator: string | null;
  readonly state: RunState | null;
  readonly step: number | null;
  readonly lastLoss: number | null;
  readonly startedMs: number;
}

/** Bytes from the end of the event log that are searched for the last loss. */
const tailBytes = 64 * 1024;

/** Runs in a folder of run folders, newest first; what cannot be read is left out. */
export async function listRuns(parent: string): Promise<readonly RunRecord[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const runs = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => readRun(join(parent, entry.name))),
  );
  return runs.filter((run) => run !== null).sort((a, b) => b.startedMs - a.startedMs);
}

/** One run folder, or null when it holds no readable `run.json`. */
export async function readRun(folder: string): Promise<RunRecord | null> {
  try {
    const file = join(folder, "run.json");
    const [text, { birthtimeMs, mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    const run: unknown = JSON.parse(text);
    if (!isObject(run)) return null;
    const last = await lastEvent(join(folder, "events.jsonl"));
    const words = (key: string): string | null => (typeof run[key] === "string" ? run[key] : null);
    return {
      folder,
      runId: words("runId"),
      model: words("model") ?? words("name") ?? "run",
      file: words("file"),
      exportName: words("exportName"),
      estimator: words("estimator"),
      state: stateOf(last.state),
      step: last.step,
      lastLoss: last.loss,
      startedMs: Date.parse(words("startedAt") ?? "") || birthtimeMs || mtimeMs,
    };
  } catch {
    return null;
  }
}

/** What the end of the event log says: the last step and loss, and how the run ended if it did. */
async function lastEvent(file: string): Promise<{ step: number | null; loss: number | null; state: unknown }> {
  let step: number | null = null;
  let loss: number | null = null;
  let state: unknown;
  for (const line of (await tail(file)).split("\n").reverse()) {
    const event = parse(line);
    if (!event) continue;
    if (step === null && typeof event["step"] === "number") step = event["step"];
    if (loss === null && event["type"] === "loss" && typeof event["value"] === "number") loss = event["value"];
    if (state === undefined && event["type"] === "end") state = event["state"];
    // Nothing but an "end" follows the last step of a run that was not killed.
    if (loss !== null) break;
  }
  return { step, loss, state: state ?? "running" };
}

/** The last bytes of a file; its first line may be cut, which is why every line is parsed on its own. */
async function tail(file: string): Promise<string> {
  const handle = await open(file).catch(() => null);
  if (!handle) return "";
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, tailBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const states: readonly RunState[] = ["starting", "running", "paused", "finished", "stopped", "failed"];

const stateOf = (value: unknown): RunState | null => states.find((state) => state === value) ?? null;
