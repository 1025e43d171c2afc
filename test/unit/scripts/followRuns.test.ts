import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { describeEvents, followRuns } from "../../../scripts/lib/followRuns";

test("of several losses the last is shown, and every evaluation and end", () => {
  const events = [
    { type: "start", step: 0, model: "sbn-200" },
    { type: "loss", step: 1, value: 541.25 },
    { type: "loss", step: 2, value: 540.123456 },
    { type: "variance", step: 2, parameters: [] },
    { type: "evaluation", step: 2, name: "test/elbo", value: -120.4567, standardError: 0.51234 },
    { type: "end", step: 2, state: "failed", message: "the disk is full" },
  ];
  assert.deepEqual(describeEvents(events), [
    "training of sbn-200 starts at step 0",
    "step 2  loss 540.1",
    "step 2  test/elbo -120.5 ± 0.5123 (standard error)",
    "step 2  failed: the disk is full",
  ]);
});

test("new runs are followed, old ones left alone, and a cut line is passed over", () => {
  const folder = mkdtempSync(join(tmpdir(), "gradlens-test-"));
  try {
    const log = (run: string): string => join(folder, run, "events.jsonl");
    mkdirSync(join(folder, "old"));
    writeFileSync(log("old"), '{"type":"loss","step":1,"value":1}\n');
    const lines: string[] = [];
    const stop = followRuns(folder, (line) => lines.push(line));
    mkdirSync(join(folder, "new"));
    writeFileSync(log("new"), '{"type":"lo\n');
    appendFileSync(log("new"), '{"type":"loss","step":2,"value":0.5}\n');
    stop();
    assert.deepEqual(lines, ["new  step 2  loss 0.5"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
