import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { GradlensError } from "../errors";

/** A file that only our examples have. */
const MARK = join("examples", "continuous", "gamma-toy.ts");

/**
 * The folder of the model files that reproductions run, in the nearest folder above this code that has them.
 *
 * @throws GL1650 where there is none, as in an installed extension
 */
export function examplesFolder(from = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, MARK))) return join(folder, "examples");
    if (folder === dirname(folder)) break;
  }
  throw new GradlensError(
    "GL1650",
    `reproduce runs the model files of examples/, and there is no such folder above ${from}; run it from a clone of the repository`,
  );
}
