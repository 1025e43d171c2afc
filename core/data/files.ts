import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { GradlensError } from "../errors";

const gunzipAsync = promisify(gunzip);

/** The data folder: the explicit one (option or setting), else the environment's GRADLENS_DATA, else none. */
export function resolveDataFolder(explicit?: string | null): string | null {
  return explicit || process.env["GRADLENS_DATA"] || null;
}

/**
 * The path of a data set's file, looked for in the given subfolders of the data folder ("" for the folder itself) under
 * the given names, best first. Throws one sentence when there is no folder or no such file.
 */
export function findDataFile(
  dataset: string,
  folder: string | null,
  subfolders: readonly string[],
  names: readonly string[],
): string {
  if (folder === null) {
    throw new GradlensError(
      "GL2002",
      `data set ${dataset} reads ${names[0]} from a data folder, but none is given; name one with --data FOLDER, the data folder setting or GRADLENS_DATA, or use the embedded data set digits`,
    );
  }
  if (!existsSync(folder)) {
    throw new GradlensError("GL2003", `the data folder ${folder} does not exist; create it or name another`);
  }
  for (const subfolder of subfolders) {
    for (const name of names) {
      const path = join(folder, subfolder, name);
      if (existsSync(path)) {
        return path;
      }
    }
  }
  throw new GradlensError(
    "GL2004",
    `data set ${dataset} expected ${names.join(" or ")} in ${subfolders.map((subfolder) => join(folder, subfolder)).join(" or ")} and found no such file; put it there or name another data folder`,
  );
}

/** A file's bytes, or one sentence why they cannot be read. */
export async function readDataFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const found =
      { ENOENT: "no such file", EISDIR: "a folder", EACCES: "one this user may not read" }[code] ??
      `a read error (${code})`;
    throw new GradlensError("GL2005", `${path}: expected a readable file, found ${found}; put the data file there`, {
      cause: error,
    });
  }
}

/** A file's bytes, unzipped when they are gzip; a name that ends in .gz must hold gzip. */
export async function readMaybeGzip(path: string): Promise<Uint8Array> {
  const bytes = await readDataFile(path);
  if (bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b) {
    return gunzipBytes(bytes, path);
  }
  if (path.endsWith(".gz")) {
    throw new GradlensError(
      "GL2006",
      `${path}: expected a gzip file (first bytes 1f 8b), found ${bytes.length === 0 ? "an empty file" : `first bytes ${hex(bytes, 2)}`}; fetch it again, or drop .gz from its name if it is unzipped`,
    );
  }
  return bytes;
}

async function gunzipBytes(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await gunzipAsync(bytes);
  } catch (error) {
    const short = (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
    const found = short ? `one cut short after ${bytes.length} bytes` : "damaged data";
    throw new GradlensError("GL2007", `${path}: expected a whole gzip file, found ${found}; fetch it again`, {
      cause: error,
    });
  }
}

/** The first bytes of a file as people write them: `1f 8b`. */
export function hex(bytes: Uint8Array, count: number): string {
  return [...bytes.subarray(0, count)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
