import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { run } from "../../../cli/run";
import { testBackend } from "../../support/testBackend";

export interface CommandResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, on the tests' back end (plain JavaScript unless named) where a model is evaluated. */
export async function gradlens(...args: string[]): Promise<CommandResult> {
  let out = "";
  let err = "";
  const needsBackend =
    [
      "train",
      "gradient",
      "variance",
      "bias",
      "graph",
      "compare",
      "likelihood",
      "check",
      "reproduce",
      "sweep",
      "trunks",
    ].includes(args[0] ?? "") && args.length > 1;
  const exitCode = await run(
    needsBackend && !args.includes("--backend") ? [args[0]!, "--backend", testBackend, ...args.slice(1)] : args,
    {
      out: (text) => void (out += `${text}\n`),
      err: (text) => void (err += `${text}\n`),
      status: () => undefined,
      onInterrupt: () => () => undefined,
    },
  );
  return { exitCode, out, err };
}

/** The JSON answer of a command that prints one, whatever its exit code. */
export async function answer<T>(...args: string[]): Promise<T & { readonly exitCode: number }> {
  const { exitCode, out, err } = await gradlens(...args, "--json");
  assert.notEqual(out, "", `no answer to gradlens ${args.join(" ")}: ${err}`);
  assert.equal(out.trimEnd().split("\n").length, 1);
  return { ...(JSON.parse(out) as T), exitCode };
}

/** Asserts one line on standard error and nothing on standard output; returns the line. */
export async function refusal(exitCode: number, ...args: string[]): Promise<string> {
  const result = await gradlens(...args, "--json");
  assert.equal(result.out, "");
  assert.match(result.err, /^error: [^\n]+\n$/);
  assert.doesNotMatch(result.err, /\n\s+at |node:internal/);
  assert.equal(result.exitCode, exitCode, result.err);
  return result.err;
}

/** A folder for this file's tests, removed after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-cli-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a model file. */
export function modelFile(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const teaching = (name: string): string => join(__dirname, "../../../examples/teaching", name);
