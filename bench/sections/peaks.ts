import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { printTable } from "../measure/table";
import type { Section } from "./section";

const root = join(__dirname, "../..");

/** What is run, in a process each: title and arguments of measure/peakMemory.ts. */
const WORK: readonly (readonly [string, readonly string[]])[] = [
  ["`vimco`, K = 5, a step at batch 100", ["train", "vimco", "5"]],
  ["`vimco`, K = 50, a step at batch 100", ["train", "vimco", "50"]],
  ["test likelihood, 200 samples, 20 examples", ["likelihood", "200"]],
  ["test likelihood, 1 000 samples, 20 examples", ["likelihood", "1000"]],
  ["test likelihood, 5 000 samples, 20 examples", ["likelihood", "5000"]],
];

interface Peak {
  readonly setUpMiB: number;
  readonly peakMiB: number;
  readonly seconds: number;
}

/** The most memory that a process ever held, with many samples. */
export const peaks: Section = {
  id: "peaks",
  title: "Peak resident memory with many samples, 784-200-784 net, wasm, a process each",
  async run() {
    const rows = WORK.map(([title, args]) => {
      const command = [join(root, "scripts/bootstrap.mjs"), join(root, "bench/measure/peakMemory.ts"), ...args];
      const { setUpMiB, peakMiB, seconds } = JSON.parse(
        execFileSync(process.execPath, command, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
      ) as Peak;
      return [title, setUpMiB.toFixed(0), peakMiB.toFixed(0), seconds.toPrecision(3)];
    });
    printTable(["work", "MiB after set-up", "peak MiB", "seconds"], rows);
    await Promise.resolve();
  },
};
