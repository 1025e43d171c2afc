import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { useBackend } from "../../core/backends/registry";
import { listChecks } from "../../core/engine/checks/listChecks";
import { recordBounds, type RecordedBound } from "../../core/engine/checks/recordBounds";
import { runTest } from "../../core/engine/checks/runTest";
import type { SliceOptions } from "../../core/engine/inSlices";
import { GradlensError } from "../../core/errors";
import {
  checksFileName,
  type CheckOutcome,
  type CheckTest,
  type ListedCheck,
  type Outcome,
} from "../../core/protocol/checks";
import { exitCodes } from "../describeError";
import { describeTest } from "../describeTest";
import { formatInterval, formatNumber, formatShare } from "../../core/format";
import { junitReport } from "../junit";
import { requireDataFolder } from "../openModel";
import type { Answering } from "../run";
import { table } from "../table";
import type { Terminal } from "../terminal";

interface CheckOptions {
  readonly junit?: string;
  readonly record?: boolean;
  readonly data?: string;
  readonly backend: string;
}

const words: Readonly<Record<Outcome, string>> = {
  holds: "holds",
  fails: "FAILS",
  undecided: "cannot tell yet",
  error: "error",
};

/** `gradlens check [FILE]`: the expectations of a checks file, for CI. */
export function addCheck(program: Command, terminal: Terminal, answering: Answering): void {
  const command = program
    .command("check")
    .description("do the estimators keep what a checks file expects of them; for CI")
    .argument("[file]", "checks file, or the folder of one", checksFileName)
    .option("--junit <file>", "also write a JUnit report")
    .option("--record", "measure the variances and write their bounds into the file")
    .option("--data <folder>", "folder of the data files (or GRADLENS_DATA)")
    .option("--backend <id>", "what computes; see gradlens backends", "auto")
    .addHelpText(
      "after",
      "\nExit codes: 0 all hold, 10 one fails, 11 one is undecided and none fails, 1 one could not be made, 2 wrong usage",
    );
  answering(command, async (path: string, options: CheckOptions) => {
    requireDataFolder(options.data);
    const backend = await useBackend(options.backend);
    const listed = await listChecks(path, options.data);
    const slices: SliceOptions = {
      signal: new AbortController().signal,
      busy: () => false,
      onProgress: (share) => terminal.status(`${formatShare(share)} of the draws`),
    };
    if (options.record === true) {
      const recorded = await recordBounds(listed, slices, (test) => terminal.err(`measuring ${describeAsked(test)}`));
      return { json: { file: listed.file, recorded }, text: () => recordedReport(listed.file, recorded) };
    }
    const tests = listed.checks.flatMap(({ tests: own }) => own);
    const outcomes: CheckOutcome[] = listed.checks.flatMap(unmade);
    for (const [i, test] of tests.entries()) {
      terminal.status(`${i + 1} of ${tests.length}: ${describeAsked(test)}`);
      const outcome = await runTest(test, slices);
      terminal.err(`${i + 1} of ${tests.length}: ${test.model}: ${describeTest(outcome)}: ${words[outcome.outcome]}`);
      outcomes.push(outcome);
    }
    if (options.junit !== undefined) write(options.junit, junitReport(listed.file, outcomes));
    const count = (outcome: Outcome): number => outcomes.filter((one) => one.outcome === outcome).length;
    const summary = {
      holds: count("holds"),
      fails: count("fails"),
      undecided: count("undecided"),
      errors: count("error"),
    };
    const falseAlarmRate = Math.min(
      1,
      tests.reduce((total, { rate }) => total + rate, 0),
    );
    return {
      json: { file: listed.file, backend: backend.id, falseAlarmRate, summary, tests: outcomes.map(toPlain) },
      text: () => [report(outcomes), "", sentence(summary, falseAlarmRate)].join("\n"),
      exitCode: exitCodeOf(summary),
    };
  });
}

type Summary = Readonly<Record<"holds" | "fails" | "undecided" | "errors", number>>;

/** What is known to fail weighs more than what could not be found out. */
function exitCodeOf({ fails, errors, undecided }: Summary): number {
  if (fails > 0) return exitCodes.biased;
  if (errors > 0) return exitCodes.error;
  return undecided > 0 ? exitCodes.undecided : exitCodes.fine;
}

/** A check that made no tests is an error of its own, so that nothing passes unseen. */
function unmade({ model, expect, source, problem }: ListedCheck): readonly CheckOutcome[] {
  if (problem === undefined) return [];
  const test: CheckTest = { model, file: source.file, expect, rate: 0, source };
  return [{ test, outcome: "error", message: problem, estimator: null, elapsedMs: 0 }];
}

function toPlain({ test, ...found }: CheckOutcome): Readonly<Record<string, unknown>> {
  const { model, expect, rate, source } = test;
  return { model, expect, ...found, rate, source };
}

const describeAsked = (test: CheckTest): string => `${test.model}: ${describeTest({ test, estimator: null })}`;

function report(outcomes: readonly CheckOutcome[]): string {
  return table(
    [{ title: "model" }, { title: "expectation" }, { title: "outcome" }, { title: "found" }],
    outcomes.map((outcome) => [
      outcome.test.model,
      describeTest(outcome),
      words[outcome.outcome],
      outcome.message.replace(/\s+/g, " "),
    ]),
  );
}

function sentence({ holds, fails, undecided, errors }: Summary, rate: number): string {
  const parts = [
    `${holds} hold`,
    `${fails} fail`,
    `${undecided} undecided`,
    ...(errors > 0 ? [`${errors} could not be made`] : []),
  ];
  return `${parts.join(", ")}; rate of wrong verdicts at most ${formatShare(rate)} over all sampled tests together`;
}

function recordedReport(file: string, recorded: readonly RecordedBound[]): string {
  return [
    table(
      [
        { title: "model" },
        { title: "estimator" },
        { title: "parameter" },
        { title: "variance", align: "right" },
        { title: "interval", align: "right" },
        { title: "bound", align: "right" },
        { title: "a rise that is found", align: "right" },
      ],
      recorded.map(({ model, estimator, name, variance, interval, bound, found }) => [
        model,
        estimator,
        name,
        formatNumber(variance),
        formatInterval(interval),
        formatNumber(bound),
        Number.isFinite(found) ? `from ${formatNumber(found)} ×` : "any",
      ]),
    ),
    "",
    `wrote ${recorded.length} bounds into ${file}`,
  ].join("\n");
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GradlensError("GL2707", `cannot write ${path}: ${reason}; name another file`, { cause: error });
  }
}
