import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

const main = join(import.meta.dirname, "../../../core/engine/main.ts");

/** A real engine in a process of its own, as the extension starts it. */
export function forkEngine(): ChildProcess {
  return fork(main, [], {
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    execArgv: ["--import", "tsx"],
  });
}
