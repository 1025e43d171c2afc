/** What a stage of the tests found. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A check without tests of its own, such as lint or the build, counts as one. */
export function countCheck(status: number): Count {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/** Reads the totals that Node's spec reporter prints at the end. */
export function countNodeTests(output: string, status: number): Count {
  const total = (name: string): number => Number(new RegExp(`^ℹ ${name} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  return atLeastOneFailed(
    { passed: total("pass"), failed: total("fail") + total("cancelled"), skipped: total("skipped") },
    status,
  );
}

/** Reads the totals that Mocha's spec reporter prints at the end. */
export function countMochaTests(output: string, status: number): Count {
  const total = (name: string): number => Number(new RegExp(`^ {2}(\\d+) ${name}\\b`, "m").exec(output)?.[1] ?? 0);
  return atLeastOneFailed({ passed: total("passing"), failed: total("failing"), skipped: total("pending") }, status);
}

/** A run that ended badly without naming a test has failed all the same. */
function atLeastOneFailed(count: Count, status: number): Count {
  return status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}
