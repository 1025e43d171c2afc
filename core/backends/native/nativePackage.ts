import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { GradlensError } from "../../errors";

export type NativePackageName = "tfjs-node" | "tfjs-node-gpu";

/** An installed native package: its folder and its compiled add-on. */
export interface NativePackage {
  readonly name: NativePackageName;
  readonly folder: string;
  readonly addon: string;
}

/** The Node-API version of the add-on's interface. */
const nodeApi = 8;

/**
 * Folders named after an optional package, best first: in the folder GRADLENS_NATIVE, else in `.cache/native` or
 * `node_modules` of a folder above this file or above the current one.
 */
export function packageFolders(name: string): string[] {
  const chosen = process.env["GRADLENS_NATIVE"];
  const roots = chosen
    ? [resolve(chosen, "node_modules"), resolve(chosen)]
    : [...above(__dirname), ...above(process.cwd())].flatMap((folder) => [
        join(folder, ".cache", "native", "node_modules"),
        join(folder, "node_modules"),
      ]);
  return roots.map((root) => join(root, name)).filter((folder) => existsSync(join(folder, "package.json")));
}

/** For messages: which folder was searched, when the user chose one. */
export function searched(): string {
  const chosen = process.env["GRADLENS_NATIVE"];
  return chosen ? ` in ${chosen} (GRADLENS_NATIVE)` : "";
}

/**
 * Finds `@tensorflow/tfjs-node` or `-gpu`.
 *
 * @throws GradlensError when it is not installed, or installed without its compiled add-on
 */
export function findNativePackage(name: NativePackageName): NativePackage {
  const folders = packageFolders(`@tensorflow/${name}`);
  if (folders.length === 0) {
    throw new GradlensError("GL1351", `package @tensorflow/${name} is not installed${searched()}; ${remedy(name)}`);
  }
  for (const folder of folders) {
    const addon = addonIn(folder);
    if (addon) return { name, folder, addon };
  }
  throw new GradlensError(
    "GL1352",
    `package @tensorflow/${name} has no compiled add-on, expected lib/napi-v${nodeApi}/tfjs_binding.node in ${folders[0]}; ${remedy(name)}`,
  );
}

/** What a person can do to get the package. */
export function remedy(name: NativePackageName): string {
  return `run "npm run native${name === "tfjs-node-gpu" ? " -- --gpu" : ""}" in the Gradient Lens folder or "Gradient Lens: Install Native Engine" in VS Code, or set GRADLENS_NATIVE to a folder that has it`;
}

/** The newest add-on whose Node-API version this Node has. */
function addonIn(folder: string): string | undefined {
  const lib = join(folder, "lib");
  const supported = Math.min(nodeApi, Number(process.versions["napi"] ?? 0));
  const versions = (existsSync(lib) ? readdirSync(lib) : [])
    .map((entry) => Number(/^napi-v(\d+)$/.exec(entry)?.[1] ?? NaN))
    .filter((version) => version <= supported)
    .sort((a, b) => b - a);
  return versions.map((version) => join(lib, `napi-v${version}`, "tfjs_binding.node")).find((file) => existsSync(file));
}

function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}
