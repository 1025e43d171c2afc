import builder from "junit-report-builder";
import { relative } from "node:path";
import type { CheckOutcome } from "../core/protocol/checks";
import { describeTest } from "./describeTest";

/** JUnit keeps no control characters, and XML 1.0 has no place for them. */
// eslint-disable-next-line no-control-regex
const printable = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "�");

/**
 * A JUnit report of tests, one suite per model. What does not hold is a `failure`; what could not be decided or made is an
 * `error`, never `skipped`: many readers count skipped tests as fine.
 */
export function junitReport(file: string, outcomes: readonly CheckOutcome[]): string {
  const report = builder.newBuilder().name("gradlens check");
  const folder = process.cwd();
  for (const model of new Set(outcomes.map(({ test }) => test.model))) {
    const own = outcomes.filter(({ test }) => test.model === model);
    const suite = report
      .testSuite()
      .name(printable(model))
      .time(own.reduce((seconds, { elapsedMs }) => seconds + elapsedMs / 1000, 0));
    for (const outcome of own) {
      const test = suite
        .testCase()
        .className(printable(model))
        .name(printable(describeTest(outcome)))
        .file(printable(relative(folder, outcome.test.source?.file ?? file)))
        .time(outcome.elapsedMs / 1000);
      const message = printable(outcome.message);
      if (outcome.outcome === "fails") test.failure(message, outcome.test.expect);
      if (outcome.outcome === "undecided") test.error(message, "undecided");
      if (outcome.outcome === "error") test.error(message, "error");
    }
  }
  return report.build();
}
