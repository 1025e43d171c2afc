import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { GradlensError } from "../../../core/errors";

const fallback = resolve("..", "shared", "data");

/** The folder of real data sets: GRADLENS_DATA, else the one beside the checkout, else null. */
export const realData: string | null = process.env["GRADLENS_DATA"] ?? (existsSync(fallback) ? fallback : null);

/** Options of a test that reads real files. */
export const needsRealData = realData === null ? { skip: "GRADLENS_DATA is not set" } : {};

/** Runs with an empty folder that is removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "gradlens-data-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A check for assert.throws and assert.rejects: the code, the words that must be there, and one sentence. */
export function sentence(code: string, ...words: readonly string[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof GradlensError, `expected a GradlensError, got ${String(error)}`);
    assert.equal(error.code, code, error.message);
    for (const word of words) {
      assert.ok(error.message.includes(word), `"${word}" is not in: ${error.message}`);
    }
    assert.ok(!error.message.includes("\n"), error.message);
    return true;
  };
}

/** An IDX file of unsigned bytes. */
export function idxBytes(shape: readonly number[], values: ArrayLike<number>, type = 8): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, type, shape.length]);
  shape.forEach((axis, index) => new DataView(bytes.buffer).setUint32(4 + 4 * index, axis));
  bytes.set(Array.from(values), 4 + 4 * shape.length);
  return bytes;
}
