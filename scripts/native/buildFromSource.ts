import { rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../lib/command";
import { root } from "../lib/root";
import { Unavailable } from "../vscode/unavailable";
import { compileAddon } from "./compileAddon";
import { fetchPackage } from "./fetchPackage";
import { fetchWheel } from "./fetchWheel";
import { must } from "./must";
import type { NativeRecipe } from "./recipes";

/**
 * Compiles the package's own sources against the TensorFlow library and headers that PyPI's wheel carries, so that nothing but the
 * package registries is needed. Linux, a C++ compiler, and Python 3 with pip.
 *
 * @returns the folder of the package, whole
 * @throws Unavailable when this machine cannot build it, any other Error when a step failed; one sentence each
 */
export async function buildFromSource(recipe: NativeRecipe, target: string, work: string): Promise<string> {
  await checkTools();
  const built = await fetchPackage(`@tensorflow/${recipe.packageName}`, recipe.version, work);
  const wheel = await fetchWheel(recipe.wheel, recipe.wheelVersion, join(target, "wheels"));
  console.log("Extracting the library and the headers");
  await must("python3", [join(root, "scripts/native/extractWheel.py"), wheel, join(built, "deps")]);
  console.log("Compiling the add-on");
  await compileAddon(built, await fetchPackage("node-api-headers", "1.9.0", work));
  rmSync(wheel);
  return built;
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
