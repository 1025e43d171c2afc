import { join } from "node:path";
import type { CommandResult } from "../lib/command";
import { runNode } from "../lib/command";
import { root } from "../lib/root";

/** In the packaged extension both scripts are bundles, side by side. */
const isBundle = import.meta.url.endsWith(".mjs");

/** Loads what was installed and runs a self-test, in a process of its own, so that a crash of the library is seen too. */
export function verifyNative(packageName: "tfjs-node" | "tfjs-node-gpu", folder: string): Promise<CommandResult> {
  const env = { ...process.env, GRADLENS_NATIVE: folder };
  const script = isBundle
    ? [join(root, "dist/native/selfTest.js")]
    : ["--import", "tsx", join(root, "scripts/native/selfTestNative.ts")];
  return runNode([...script, packageName], { env, quiet: true });
}
