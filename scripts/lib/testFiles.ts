import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./root";

/** Files `*.test.ts` below a folder, in order, whose path holds one of the filters. Node 20 expands no patterns itself. */
export function testFiles(folder: string, filters: readonly string[] = []): string[] {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => relative(root, join(top, name)))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}
