import assert from "node:assert/strict";
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../../extension/extension";

/** Folder of the extension under test. */
export const root = join(__dirname, "..", "..");

/** The running extension, as its own code sees it. */
export async function activateExtension(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>("gradient-lens.gradlens");
  assert.ok(extension, "the host does not know the extension");
  return extension.activate();
}

/** A copy of the test models in a folder of its own, where runs go, too; removed by `remove`. */
export async function modelFolder(): Promise<{ file(name: string): string; runs: string; remove(): void }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gradlens-models-")));
  cpSync(join(root, "test", "fixtures", "models"), folder, { recursive: true });
  const runs = join(folder, "runs");
  await configure("runFolder", runs);
  return { file: (name) => join(folder, name), runs, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export async function configure(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration("gradlens").update(key, value, vscode.ConfigurationTarget.Global);
}

/** Repeats a check until it gives something that is neither undefined, null nor false. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  what: string,
  timeoutMs = 120_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== null && value !== false) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeoutMs / 1000} s`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
