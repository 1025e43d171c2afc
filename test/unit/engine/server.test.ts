import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { type EngineMethod, type EngineMethods, protocolVersion } from "../../../core/protocol/engine";
import { tf } from "../../../core/backends/tf";
import type { BiasWatchRecord } from "../../../core/protocol/bias";
import { engine, shutDown } from "./harness";
import { turningModel, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
afterEach(shutDown);
after(() => workspace.remove());

const request = (name: string): EngineMethods["train"]["params"] => ({
  file: workspace.model(name, twoLayerModel(`{ steps: 1000000 }`)),
  backend: "cpu",
  runFolder: workspace.path(name),
  diagnosticsInterval: 0,
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setImmediate(next));
};

test("another protocol version and an unknown method are refused with one sentence", async () => {
  const { ask } = engine();
  await assert.rejects(ask("hello", { protocolVersion: 999 }), {
    code: "GL1702",
    message: `the engine speaks protocol ${protocolVersion}, the extension 999; reload the window after an update`,
  });
  assert.equal((await ask("hello", { protocolVersion })).processId, process.pid);
  await assert.rejects(ask("dance" as EngineMethod, {}), {
    code: "GL1701",
    message: `the engine knows no method "dance"; extension and engine are of different versions`,
  });
});

test("requests about a run that is not there say so", async () => {
  const { ask } = engine();
  for (const method of ["pause", "resume", "stop", "snapshot"] as const) {
    await assert.rejects(ask(method, { runId: "nobody" }), {
      code: "GL1704",
      message: `there is no run "nobody" in this engine; start it again or resume it from its folder`,
    });
  }
});

test("of two trainings asked for at once the second replaces the first, and each is told its end", async () => {
  const { ask, messages } = engine();
  const [first, second] = await Promise.all([ask("train", request("quick-a")), ask("train", request("quick-b"))]);
  assert.notEqual(first.runId, second.runId);
  await until(() =>
    messages.some(
      (message) =>
        message.type === "event" &&
        message.name === "delta" &&
        message.delta.runId === second.runId &&
        (message.delta.loss?.length ?? 0) > 0,
    ),
  );
  const states = (id: string): (string | undefined)[] =>
    messages.flatMap((message) =>
      message.type === "event" && message.name === "delta" && message.delta.runId === id
        ? [message.delta.fields.state]
        : [],
    );
  assert.equal(states(first.runId).at(-1), "stopped");
  await assert.rejects(ask("snapshot", { runId: first.runId }), { code: "GL1704" });
  const last = await ask("stop", { runId: second.runId });
  assert.equal(last.state, "stopped");
});

test("the answer to a start comes before the run's first delta, and deltas count up", async () => {
  const { ask, messages } = engine();
  const { runId } = await ask("train", request("order"));
  await until(() => messages.filter((message) => message.type === "event" && message.name === "delta").length > 3);
  await ask("stop", { runId });
  const kinds = messages.map((message) => (message.type === "event" ? message.name : message.type));
  assert.ok(kinds.indexOf("response") < kinds.indexOf("delta"));
  const sequences = messages.flatMap((message) => (message.type === "event" ? [message.sequence] : []));
  assert.deepEqual(
    sequences,
    sequences.map((_, i) => i + 1),
  );
});

test("a start that is cancelled leaves no run, no tensors and no folder", async () => {
  const { ask, cancelLast } = engine();
  await ask("describe", { file: request("warm").file });
  const before = tf.memory().numTensors;
  const answer = ask("train", request("cancelled"));
  cancelLast();
  await assert.rejects(answer, { code: "GL1703" });
  assert.ok(!existsSync(workspace.path("cancelled")));
  assert.equal((await ask("status", {})).runId, null);
  assert.equal(tf.memory().numTensors, before);
});

test("a start that fails says why, and the next one works", async () => {
  const { ask } = engine();
  await assert.rejects(ask("train", { file: workspace.path("missing.ts"), backend: "cpu" }), { code: "GL1501" });
  await assert.rejects(ask("train", { ...request("bad"), backend: "abacus" }), { code: "GL1300" });
  await assert.rejects(ask("train", { ...request("bad"), backend: "cpu", estimator: "guess" }), { code: "GL1311" });
  assert.ok(!existsSync(workspace.path("bad")));
  const { runId } = await ask("train", request("good"));
  assert.equal((await ask("stop", { runId })).state, "stopped");
});

test("a run that fails is still there to be looked at", async () => {
  const { ask, messages } = engine();
  const file = workspace.model("failing", turningModel(4, `cost("f", NOW ? tf.mul(f, NaN) : f);`));
  const { runId } = await ask("train", {
    file,
    backend: "cpu",
    runFolder: workspace.path("failing"),
    diagnosticsInterval: 0,
  });
  await until(() =>
    messages.some(
      (message) => message.type === "event" && message.name === "delta" && message.delta.fields.state === "failed",
    ),
  );
  const snapshot = await ask("snapshot", { runId });
  assert.match(snapshot.message!, /^the loss is NaN at step 5: cost "f" is not finite; /);
  assert.equal((await ask("stop", { runId })).state, "failed");
});

test("without a folder in the request, runs go to gradlens-runs beside the model, each into its own", async () => {
  const { ask } = engine();
  const { runFolder: _, ...params } = request("beside");
  const first = await ask("train", params);
  const second = await ask("train", params);
  await ask("stop", { runId: second.runId });
  assert.deepEqual(readdirSync(workspace.path("gradlens-runs")).sort(), [first.runId, second.runId].sort());
});

test("checks of bias beside training are switched on and off while it goes on, and told in deltas", async () => {
  const { ask, messages } = engine();
  const { runId } = await ask("train", { ...request("watched"), diagnosticsInterval: 1 });
  assert.equal((await ask("watchBias", { runId, on: true })).biasWatch!.on, true);
  const told = (): BiasWatchRecord[] =>
    messages.flatMap((message) =>
      message.type === "event" && message.name === "delta" && message.delta.fields.biasWatch
        ? [message.delta.fields.biasWatch]
        : [],
    );
  await until(() => (told().at(-1)?.checks.length ?? 0) > 1);
  const off = await ask("watchBias", { runId, on: false });
  assert.deepEqual([off.biasWatch!.on, off.biasWatch!.current], [false, null]);
  assert.equal(off.bias!.beside!.level, 0.95);
  const { biasWatch } = await ask("stop", { runId });
  assert.equal(biasWatch!.checks.length, off.biasWatch!.checks.length);
});
