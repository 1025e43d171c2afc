import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { GradlensError } from "../core/errors";
import type { Reading } from "../core/reproductions/reproduction";
import type { RunStore } from "../core/reproductions/runReproduction";

/** Readings of finished runs in a file, a line each, so that a reproduction broken off goes on where it was. */
export function runStore(path: string): RunStore {
  const known = new Map<string, readonly Reading[]>(existsSync(path) ? read(path) : []);
  return {
    get: (key) => known.get(key),
    put(key, readings) {
      if (known.has(key)) return;
      known.set(key, readings);
      try {
        mkdirSync(dirname(path), { recursive: true });
        appendFileSync(path, `${JSON.stringify({ key, readings })}\n`);
      } catch (error) {
        throw new GradlensError("GL1655", `${path} cannot be written (${(error as Error).message}); name another file`);
      }
    },
  };
}

function read(path: string): [string, readonly Reading[]][] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.endsWith("}")) // a line cut short by a crash is run again
      .map((line) => {
        const { key, readings } = JSON.parse(line) as { key: string; readings: readonly Reading[] };
        if (typeof key !== "string" || !Array.isArray(readings)) throw new Error("a line is no finished run");
        return [key, readings];
      });
  } catch (error) {
    throw new GradlensError(
      "GL1656",
      `${path} holds no finished runs of a reproduction (${(error as Error).message}); name another file`,
      { usage: true },
    );
  }
}
