import assert from "node:assert/strict";
import { test } from "node:test";
import { countCheck, countMochaTests, countNodeTests } from "../../../scripts/lib/count";

test("a check counts as one test", () => {
  assert.deepEqual(countCheck(0), { passed: 1, failed: 0, skipped: 0 });
  assert.deepEqual(countCheck(2), { passed: 0, failed: 1, skipped: 0 });
});

test("Node's totals are read, and a cancelled test has failed", () => {
  const output = "✔ pass 99\nℹ tests 9\nℹ pass 5\nℹ fail 1\nℹ cancelled 2\nℹ skipped 1\n";
  assert.deepEqual(countNodeTests(output, 1), { passed: 5, failed: 3, skipped: 1 });
});

test("Mocha's totals are read", () => {
  const output = "    ✔ 3 passing fancies\n\n  12 passing (3s)\n  1 pending\n  2 failing\n";
  assert.deepEqual(countMochaTests(output, 1), { passed: 12, failed: 2, skipped: 1 });
});

test("a run that ends badly without naming a test has failed", () => {
  assert.deepEqual(countNodeTests("", 1), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(countMochaTests("  4 passing (1s)\n", 1), { passed: 4, failed: 1, skipped: 0 });
});
