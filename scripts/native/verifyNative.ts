import { join } from "node:path";
import type { CommandResult } from "../lib/command";
import { runNode } from "../lib/command";
import { root } from "../lib/root";

/** Loads what was built and runs a self-test, in a process of its own, so that a crash of the library is seen too. */
export function verifyNative(packageName: "tfjs-node" | "tfjs-node-gpu", folder: string): Promise<CommandResult> {
  const env = { ...process.env, GRADLENS_NATIVE: folder };
  return runNode(["--import", "tsx", join(root, "scripts/native/selfTestNative.ts"), packageName], {
    env,
    quiet: true,
  });
}
