import { readFileSync } from "node:fs";

/** The kernel counts time in hundredths. */
const TICKS = 100;

/** Processor seconds of child processes that have ended, by Linux's count; null on other systems. */
export function childSeconds(): number | null {
  if (process.platform !== "linux") return null;
  const line = readFileSync("/proc/self/stat", "utf8");
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" "); // from the third on
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
