import assert from "node:assert/strict";
import { test } from "node:test";
import { engineExit } from "../../../../core/protocol/engineExit";
import type { RunSnapshot } from "../../../../core/protocol/snapshot";
import { Recovery } from "../../../../extension/run/recovery";
import type { LostRun } from "../../../../extension/run/session";
import { beliefNet } from "../snapshots";

const lost = (fields: Partial<RunSnapshot>, crash: Partial<LostRun["crash"]> = {}): LostRun => ({
  snapshot: { ...beliefNet(), state: "running", runFolder: "/runs/a", backend: "tensorflow", ...fields },
  crash: { cause: "signal SIGKILL", status: null, restarted: true, ...crash },
});

test("a run goes on below a native back end that died once, and is not tried on it again", () => {
  const recovery = new Recovery();
  const first = recovery.plan(lost({}));
  assert.equal(first?.resume, "/runs/a");
  assert.equal(first.backend, "auto");
  assert.deepEqual(first.without, ["tensorflow"]);
  assert.deepEqual(recovery.plan(lost({ backend: "wasm" }))?.without, ["tensorflow"]);
  assert.deepEqual(recovery.plan(lost({ backend: "wasm" }))?.without, ["tensorflow", "wasm"]);
});

test("an engine killed on WebAssembly goes on there once before it goes on in plain JavaScript", () => {
  const recovery = new Recovery();
  const first = recovery.plan(lost({ backend: "wasm" }));
  assert.equal(first?.without, undefined);
  assert.equal(first?.backend, undefined);
  assert.deepEqual(recovery.plan(lost({ backend: "wasm" }))?.without, ["wasm"]);
});

test("a person decides about a paused run, one without a folder, one whose engine is not started again, and at the ladder's end", () => {
  const recovery = new Recovery();
  assert.equal(recovery.plan(lost({ state: "paused" })), null);
  assert.equal(recovery.plan(lost({ runFolder: null })), null);
  assert.equal(recovery.plan(lost({}, { restarted: false })), null);
  assert.notEqual(recovery.plan(lost({ backend: "cpu" })), null);
  assert.equal(recovery.plan(lost({ backend: "cpu" })), null);
});

test("the memory limit keeps the back end; twice within a minute means that the model needs more", () => {
  let now = 0;
  const recovery = new Recovery(() => now);
  const crash = { status: engineExit.memoryLimit };
  assert.equal(recovery.plan(lost({}, crash))?.without, undefined);
  now = 59_000;
  assert.equal(recovery.plan(lost({}, crash)), null);
  now = 200_000;
  assert.notEqual(recovery.plan(lost({}, crash)), null);
});

test("losses of one run say nothing of another", () => {
  const recovery = new Recovery();
  recovery.plan(lost({ backend: "wasm" }));
  assert.equal(recovery.plan(lost({ backend: "wasm", runFolder: "/runs/b" }))?.without, undefined);
});
