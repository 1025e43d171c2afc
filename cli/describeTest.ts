import type { CheckOutcome, Expectation } from "../core/protocol/checks";

const expectations: Readonly<Record<Expectation, string>> = {
  unbiased: "is unbiased",
  biased: "is biased",
  "variance-below-bound": "has variance below the recorded bound",
};

/** A test's name: `half is unbiased`. */
export function describeTest({ test, estimator }: Pick<CheckOutcome, "test" | "estimator">): string {
  const who = test.estimator ?? estimator ?? "its estimator";
  return `${who} ${expectations[test.expect]}${test.checkpoint === undefined ? "" : " at a checkpoint"}`;
}
