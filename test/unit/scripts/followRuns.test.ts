import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { describeEvents, followRuns } from "../../../scripts/lib/followRuns";

test("of several losses the last is shown, and every evaluation and state", () => {
  const events = [
    { step: 1, loss: 541.25 },
    { step: 2, loss: 540.123456 },
    { step: 2, name: "test/elbo", value: -120.4567, standardError: 0.51234 },
    { state: "failed", message: "the disk is full" },
  ];
  assert.deepEqual(describeEvents(events), [
    "step 2  loss 540.1",
    "step 2  test/elbo -120.5 ± 0.5123 (standard error)",
    "failed: the disk is full",
  ]);
});

test("new runs are followed, old ones left alone, and a cut line is passed over", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-test-"));
  try {
    const log = (run: string): string => join(folder, run, "events.jsonl");
    mkdirSync(join(folder, "old"));
    writeFileSync(log("old"), '{"step":1,"loss":1}\n');
    const lines: string[] = [];
    const stop = followRuns(folder, (line) => lines.push(line));
    mkdirSync(join(folder, "new"));
    writeFileSync(log("new"), '{"step":1,"lo\n');
    appendFileSync(log("new"), '{"step":2,"loss":0.5}\n');
    stop();
    assert.deepEqual(lines, ["new  step 2  loss 0.5"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
