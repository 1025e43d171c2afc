import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunDelta, RunSnapshot } from "../../../core/protocol/snapshot";
import { initialHostState, receive, type HostState } from "../../../webview/store";
import { panelSnapshot } from "../../ui/panelSnapshot";

const snapshot: RunSnapshot = panelSnapshot({ steps: 20 });

function hydrated(sequence?: number): HostState {
  const message = { type: "hydrate", engine: "ready", snapshot, strings: {} } as const;
  return receive(initialHostState, sequence === undefined ? message : { ...message, sequence });
}

function delta(sequence: number, runId = snapshot.runId): { readonly type: "delta"; readonly delta: RunDelta } {
  return { type: "delta", delta: { runId, sequence, fields: { step: 21 }, loss: [[21, 90]] } };
}

test("a delta that follows is added and leaves the earlier state as it was", () => {
  const before = hydrated(7);
  const after = receive(before, delta(8));
  assert.equal(after.snapshot?.step, 21);
  assert.equal(after.snapshot?.loss.length, 21);
  assert.equal(before.snapshot?.loss.length, 20);
  assert.equal(after.snapshot?.variance, before.snapshot?.variance, "what did not grow keeps its identity");
  assert.equal(after.stale, false);
});

test("a missed delta makes the state stale until everything came again", () => {
  const gap = receive(hydrated(7), delta(9));
  assert.equal(gap.stale, true);
  assert.equal(gap.snapshot?.step, 20);
  assert.equal(receive(gap, delta(10)).snapshot?.step, 20, "deltas wait for the whole");
  const again = receive(gap, { type: "hydrate", engine: "ready", snapshot, strings: {}, sequence: 10 });
  assert.equal(again.stale, false);
});

test("a delta that the snapshot holds already is dropped", () => {
  const state = hydrated(7);
  assert.equal(receive(state, delta(7)), state);
});

test("without a sequence in hydrate the first delta sets it", () => {
  const first = receive(hydrated(), delta(40));
  assert.equal(first.snapshot?.step, 21);
  assert.equal(receive(first, delta(42)).stale, true);
});

test("a delta of another run asks for everything", () => {
  assert.equal(receive(hydrated(7), delta(8, "other")).stale, true);
});

test("the engine's failure and its reason are kept over a hydrate", () => {
  const failed = receive(hydrated(7), { type: "engine", engine: "failed", message: "the engine was killed" });
  const again = receive(failed, { type: "hydrate", engine: "failed", snapshot: null, strings: {} });
  assert.equal(again.engineMessage, "the engine was killed");
});
