import type { Count } from "./count";
import { Unavailable } from "../vscode/unavailable";

/** One part of the tests: a check, a build or a suite. */
export interface Stage {
  readonly id: string;
  readonly title: string;
  /** Reads the sources alone, so that it may run beside its neighbours of this kind; what it prints is shown when it has ended. */
  readonly static?: boolean;
  /** Tests what the build made, which is made anew before it. */
  readonly built?: boolean;
  /**
   * @param filters parts of paths; a suite runs only the files that match one of them
   * @param backend what tests that run on any back end compute with; plain JavaScript when left out
   */
  run(filters: readonly string[], backend?: string): Promise<Count & { readonly output?: string }>;
}

export interface StageResult {
  readonly title: string;
  readonly count: Count;
  readonly elapsedSeconds: number;
  /** Why it did not run. */
  readonly unavailable?: string;
}

/** Runs stages in their order, static ones beside each other. */
export async function runStages(
  stages: readonly Stage[],
  filters: readonly string[],
  backend?: string,
): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (let at = 0; at < stages.length;) {
    const end = stages.findIndex((stage, i) => i >= at && !stage.static);
    const together = stages.slice(at, Math.max(at + 1, end < 0 ? stages.length : end));
    results.push(...(await Promise.all(together.map((stage) => runStage(stage, filters, backend)))));
    at += together.length;
  }
  return results;
}

/** Runs a stage under a heading. What the machine cannot do is no failure, but it is told. */
async function runStage(stage: Stage, filters: readonly string[], backend?: string): Promise<StageResult> {
  const started = Date.now();
  const finish = (count: Count, unavailable?: string): StageResult => ({
    title: stage.title,
    count,
    elapsedSeconds: (Date.now() - started) / 1000,
    ...(unavailable === undefined ? {} : { unavailable }),
  });
  const heading = `\n=== ${stage.title} ===`;
  if (!stage.static) console.log(heading);
  try {
    const { output, ...count } = await stage.run(filters, backend);
    if (stage.static) console.log(`${heading}${output ? `\n${output.trimEnd()}` : ""}`);
    return finish(count);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof Unavailable) {
      console.error(`NOT RUN: ${text}`);
      return finish({ passed: 0, failed: 0, skipped: 0 }, text);
    }
    console.error(text);
    return finish({ passed: 0, failed: 1, skipped: 0 });
  }
}

/** Prints one row per stage, what did not run and why, and the totals alone on the last line. */
export function printSummary(results: readonly StageResult[]): void {
  const width = Math.max(...results.map(({ title }) => title.length));
  console.log("\n=== Summary ===");
  for (const { title, count, elapsedSeconds, unavailable } of results) {
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    const text = unavailable === undefined ? `${count.passed} passed, ${count.failed} failed${skipped}` : "NOT RUN";
    console.log(`${title.padEnd(width)}  ${`${elapsedSeconds.toFixed(1)} s`.padStart(8)}  ${text}`);
  }
  for (const { title, unavailable } of results) {
    if (unavailable !== undefined) console.log(`\nWARNING: ${title} did not run: ${unavailable}`);
  }
  const total = (key: "passed" | "failed"): number => results.reduce((sum, { count }) => sum + count[key], 0);
  console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
}
