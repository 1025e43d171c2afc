import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runCommand } from "../lib/command";
import { root } from "../lib/root";
import { Unavailable } from "../vscode/unavailable";
import { compileAddon } from "./compileAddon";
import { fetchPackage } from "./fetchPackage";
import { fetchWheel } from "./fetchWheel";
import { must } from "./must";
import { verifyNative } from "./verifyNative";

export interface NativeOptions {
  readonly gpu?: boolean;
  /** Where to build; `.cache/native`, where the engine looks, unless said otherwise. */
  readonly folder?: string;
}

/** Versions that were tried together: tfjs-node's C API calls work with each of these libraries. */
const recipes = {
  cpu: { packageName: "tfjs-node", version: "4.22.0", wheel: "tensorflow-cpu", wheelVersion: "2.15.1" },
  gpu: { packageName: "tfjs-node-gpu", version: "4.22.0", wheel: "tensorflow", wheelVersion: "2.21.0" },
} as const;

/**
 * Makes `@tensorflow/tfjs-node` (or `-gpu`) work without its install script's download: the package's own sources are compiled
 * against the TensorFlow library and headers that PyPI's wheel carries. Does nothing when that is done and loads.
 *
 * Needs Linux, a C++ compiler, and Python 3 with pip.
 *
 * @returns one line on what was built
 * @throws Unavailable when this machine cannot build it, any other Error when a step failed; one sentence each
 */
export async function buildNative({ gpu = false, folder }: NativeOptions = {}): Promise<string> {
  const recipe = gpu ? recipes.gpu : recipes.cpu;
  const target = folder ?? join(root, ".cache", "native");
  const destination = join(target, "node_modules", "@tensorflow", recipe.packageName);
  const stamp = join(destination, "built-from.txt");
  const wanted = `${recipe.packageName} ${recipe.version}, ${recipe.wheel} ${recipe.wheelVersion}, ${process.arch}\n`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    const works = await verifyNative(recipe.packageName, target);
    if (works.status === 0) return `Already built: ${lastLines(works.output, 1)}`;
  }
  await checkTools();
  const work = join(target, `building-${recipe.packageName}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const built = await fetchPackage(`@tensorflow/${recipe.packageName}`, recipe.version, work);
    const wheel = await fetchWheel(recipe.wheel, recipe.wheelVersion, join(target, "wheels"));
    console.log("Extracting the library and the headers");
    await must("python3", [join(root, "scripts/native/extractWheel.py"), wheel, join(built, "deps")]);
    console.log("Compiling the add-on");
    await compileAddon(built, await fetchPackage("node-api-headers", "1.9.0", work));
    writeFileSync(join(built, "built-from.txt"), wanted);
    rmSync(destination, { recursive: true, force: true });
    mkdirSync(join(destination, ".."), { recursive: true });
    renameSync(built, destination);
    rmSync(wheel);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const works = await verifyNative(recipe.packageName, target);
  if (works.status !== 0) throw new Error(`The add-on was built but does not load: ${lastLines(works.output, 1)}`);
  return `Built: ${lastLines(works.output, 1)}`;
}

async function checkTools(): Promise<void> {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Unavailable(
      `Building the native engine needs Linux on x64 or arm64, found ${process.platform} on ${process.arch}; use wasm`,
    );
  }
  const tools = [
    ["python3", ["-m", "pip", "--version"], "Python 3 with pip (package python3-pip)"],
    [process.env["CXX"] ?? "g++", ["--version"], "a C++ compiler (package build-essential)"],
  ] as const;
  for (const [command, args, name] of tools) {
    const { status } = await runCommand(command, args, { quiet: true });
    if (status !== 0)
      throw new Unavailable(`Building the native engine needs ${name}, which is missing; install it and run again`);
  }
}
