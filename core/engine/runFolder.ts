import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { GradlensError } from "../errors";
import type { SourceLocation } from "../protocol/source";
import type { RunSettings, Versions } from "../report/report";
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from "../training/safetensors";
import { TensorBoardLog } from "./tensorboard";
import { writeAll } from "./writeAll";

/** What a run was started with, kept as run.json. */
export interface RunManifest extends RunSettings {
  readonly version: 1;
  readonly dataFolder: string | null;
  readonly backend: string;
  /** Missing, as the next field, in folders of earlier versions. */
  readonly parameters?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly source?: SourceLocation;
  }[];
  readonly versions?: Versions;
}

/** One line of events.jsonl. */
export type RunEvent = { readonly type: string; readonly step: number } & Readonly<Record<string, unknown>>;

/** A run's folder: manifest, append-only event log, checkpoints, the model's text. Readable after a crash up to its last whole line. */
export class RunFolder {
  private readonly log: number;

  private constructor(readonly path: string) {
    this.log = this.guard("events.jsonl", () => openSync(join(path, "events.jsonl"), "a+"));
  }

  static create(path: string, manifest: RunManifest, modelText: string): RunFolder {
    const folder = resolve(path);
    if (existsSync(join(folder, "run.json")))
      throw new GradlensError("GL1607", `${path} already holds a run; choose another folder, or resume the run`, {
        usage: true,
      });
    try {
      mkdirSync(join(folder, "checkpoints"), { recursive: true });
      writeFileSync(join(folder, "run.json"), `${JSON.stringify(manifest, null, 2)}\n`);
      writeFileSync(join(folder, `model-${basename(manifest.file)}`), modelText);
    } catch (error) {
      throw writeError(folder, error);
    }
    return new RunFolder(folder);
  }

  static open(path: string): { folder: RunFolder; manifest: RunManifest } {
    const manifest = readManifest(path);
    const folder = new RunFolder(resolve(path));
    folder.endLastLine();
    return { manifest, folder };
  }

  /** Appends whole lines at once; when it returns, a killed process loses none of them. */
  append(events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    this.guard("events.jsonl", () => writeAll(this.log, Buffer.from(lines)));
  }

  /** Scalars for TensorBoard in this folder, from a step on. */
  tensorBoard(step: number): TensorBoardLog {
    return this.guard("events.out.tfevents", () => new TensorBoardLog(this.path, step));
  }

  write(log: TensorBoardLog | null): void {
    if (log) this.guard("events.out.tfevents", () => log.flush());
  }

  /** Writes a checkpoint under a new name first, so that a crash leaves the last one whole; keeps the two newest. */
  writeCheckpoint(
    step: number,
    tensors: Readonly<Record<string, NamedTensor>>,
    metadata: Readonly<Record<string, string>>,
  ): string {
    const name = checkpointName(step);
    const file = join(this.path, "checkpoints", name);
    try {
      this.guard(`checkpoints/${name}`, () => {
        writeWhole(`${file}.part`, encodeSafetensors(tensors, metadata));
        renameSync(`${file}.part`, file);
      });
    } catch (error) {
      rmSync(`${file}.part`, { force: true });
      throw error;
    }
    for (const old of listCheckpoints(this.path).slice(0, -2))
      rmSync(join(this.path, "checkpoints", old), { force: true });
    return file;
  }

  close(): void {
    closeSync(this.log);
  }

  /** A line that a killed process left half written is closed, so that the next event has one of its own. */
  private endLastLine(): void {
    const { size } = fstatSync(this.log);
    const last = Buffer.alloc(1);
    if (size === 0 || readSync(this.log, last, 0, 1, size - 1) !== 1 || last[0] === 0x0a) return;
    this.guard("events.jsonl", () => writeAll(this.log, Buffer.from("\n")));
  }

  private guard<T>(name: string, write: () => T): T {
    try {
      return write();
    } catch (error) {
      throw writeError(join(this.path, name), error);
    }
  }
}

export function readManifest(path: string): RunManifest {
  const file = join(resolve(path), "run.json");
  if (!existsSync(file))
    throw new GradlensError(
      "GL1602",
      `${path} is no run folder: run.json is missing; choose a folder that a training run made`,
    );
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new GradlensError("GL1602", `${file} is no JSON; choose another run folder`);
  }
  if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest))
    throw new GradlensError("GL1602", `${file} holds no run; choose a folder that a training run made`);
  return manifest as RunManifest;
}

/** The model file's text when the run began; empty where the folder has none. */
export function readModelText(folder: string, { file }: Pick<RunManifest, "file">): string {
  const named = join(folder, `model-${basename(file)}`);
  if (existsSync(named)) return readFileSync(named, "utf8");
  const other = readdirSync(folder).find((name) => name.startsWith("model-"));
  return other === undefined ? "" : readFileSync(join(folder, other), "utf8");
}

/** The run folder that a checkpoint file or folder belongs to; null for a file that lies elsewhere. */
export function runFolderOf(checkpoint: string): string | null {
  const path = resolve(checkpoint);
  const inRun = path.endsWith(".safetensors") && basename(dirname(path)) === "checkpoints";
  const folder = inRun ? dirname(dirname(path)) : path;
  return existsSync(join(folder, "run.json")) ? folder : null;
}

/** The newest whole checkpoint of a run folder, or the given file. */
export function readCheckpoint(path: string): ReturnType<typeof decodeSafetensors> & { readonly file: string } {
  const folder = resolve(path);
  if (!existsSync(folder))
    throw new GradlensError("GL1603", `${path} does not exist; give a run folder or a .safetensors file`);
  const read = (file: string): ReturnType<typeof readCheckpoint> => ({
    file,
    ...decodeSafetensors(readFileSync(file), file),
  });
  if (folder.endsWith(".safetensors")) return read(folder);
  const files = listCheckpoints(folder)
    .map((name) => join(folder, "checkpoints", name))
    .reverse();
  if (files.length === 0)
    throw new GradlensError("GL1604", `${path} has no checkpoint yet; train longer, or start anew`);
  let first: unknown;
  for (const file of files) {
    try {
      return read(file);
    } catch (error) {
      first ??= error; // damaged, by a machine that stopped while writing: the one before may be whole
    }
  }
  throw first;
}

/** All whole lines of a run's event log. */
export function readEvents(path: string): readonly RunEvent[] {
  const file = join(resolve(path), "events.jsonl");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const event: unknown = JSON.parse(line);
        return typeof event === "object" && event !== null ? [event as RunEvent] : [];
      } catch {
        return []; // the last line of a killed process may be cut short
      }
    });
}

/** Names of a run folder's checkpoints, oldest first. */
export function listCheckpoints(folder: string): string[] {
  const checkpoints = join(folder, "checkpoints");
  return existsSync(checkpoints)
    ? readdirSync(checkpoints)
        .filter((name) => /^step-\d+\.safetensors$/.test(name))
        .sort()
    : [];
}

/** Writes a file down to the disk before it counts as written. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    writeAll(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function checkpointStep(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

function checkpointName(step: number): string {
  return `step-${String(step).padStart(9, "0")}.safetensors`;
}

function writeError(path: string, error: unknown): GradlensError {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reasons: Record<string, string> = {
    ENOSPC: "the disk is full; free some space",
    EACCES: "it is not writable; choose another folder",
    EROFS: "the file system is read-only; choose another folder",
    ENOTDIR: "a part of the path is a file; choose another folder",
    EEXIST: "a file has that name; choose another folder",
    EDQUOT: "the disk quota is used up; free some space",
  };
  return new GradlensError(
    "GL1605",
    `cannot write ${path}: ${reasons[code] ?? (error instanceof Error ? error.message : String(error))}`,
    { cause: error },
  );
}
