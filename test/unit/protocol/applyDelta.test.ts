import assert from "node:assert/strict";
import { test } from "node:test";
import { applyDelta, historyLimit, mergeDeltas } from "../../../core/protocol/applyDelta";
import type { RunDelta } from "../../../core/protocol/snapshot";
import { beliefNet } from "../extension/snapshots";

const delta = (sequence: number, rest: Partial<RunDelta> = {}): RunDelta => ({
  runId: "run-1",
  sequence,
  fields: {},
  ...rest,
});

test("fields are replaced and series appended, the given snapshot is left alone", () => {
  const before = beliefNet();
  const after = applyDelta(before, delta(1, { fields: { step: 4, state: "paused" }, loss: [[4, 170]] }));
  assert.equal(after.step, 4);
  assert.equal(after.state, "paused");
  assert.deepEqual(after.loss.at(-1), [4, 170]);
  assert.equal(before.loss.length, 3);
});

test("a merged delta does what its parts do one after the other", () => {
  const first = delta(1, { fields: { step: 4, epoch: 1 }, loss: [[4, 170]] });
  const second = delta(2, { fields: { step: 5 }, loss: [[5, 160]], changes: [{ step: 5, estimator: "lr" }] });
  const merged = mergeDeltas(first, second);
  assert.equal(merged.sequence, 2);
  assert.deepEqual(applyDelta(beliefNet(), merged), applyDelta(applyDelta(beliefNet(), first), second));
});

test("a long history is thinned in its older half and keeps its ends", () => {
  const loss = Array.from({ length: historyLimit }, (_, step) => [step, step] as const);
  const after = applyDelta(beliefNet({ loss }), delta(1, { loss: [[historyLimit, 0]] }));
  assert.ok(after.loss.length < historyLimit);
  assert.deepEqual(after.loss[0], [0, 0]);
  assert.deepEqual(after.loss.at(-1), [historyLimit, 0]);
});
