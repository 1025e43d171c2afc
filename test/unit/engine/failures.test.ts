import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { readCheckpoint, readEvents } from "../../../core/engine/runFolder";
import type { RunSnapshot } from "../../../core/protocol/snapshot";
import { start, turningModel, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

async function train(...args: Parameters<typeof start>): Promise<RunSnapshot> {
  const run = await start(...args);
  const last = await run.run();
  run.dispose();
  return last;
}

test("a loss that is no number stops the run at that step, names the node and keeps the last good checkpoint", async () => {
  const folder = workspace.path("nan");
  const file = workspace.model("nan", turningModel(7, `cost("f", NOW ? tf.mul(f, NaN) : f);`));
  const last = await train({ file, steps: 20, runFolder: folder });
  assert.equal(last.state, "failed");
  assert.equal(last.step, 7);
  assert.match(
    last.message!,
    /^the loss is NaN at step 8: cost "f" is not finite; .* resume from the last checkpoint$/,
  );
  const { tensors, metadata } = readCheckpoint(folder);
  assert.equal(metadata["step"], "0");
  assert.ok(tensors["theta"]!.values.every((value) => Number.isFinite(value)));
  const events = readEvents(folder);
  assert.equal(events.filter(({ type }) => type === "loss").length, 7);
  assert.deepEqual(events.at(-1), { type: "end", step: 7, state: "failed", message: last.message });
});

test("a gradient that is no number, with a loss that is one, never reaches a checkpoint", async () => {
  const folder = workspace.path("gradient");
  // √0 has the value 0 and no derivative.
  const file = workspace.model(
    "gradient",
    `
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
export default defineModel("root", () => {
  const theta = parameter("theta", [0]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      cost("f", tf.sum(tf.add(b, tf.sqrt(tf.square(theta))), -1));
    },
  };
});`,
  );
  const last = await train({ file, steps: 1, runFolder: folder });
  assert.equal(last.state, "failed");
  assert.match(last.message!, /^parameter "theta" holds values that are not finite after step 1; /);
  assert.equal(readCheckpoint(folder).metadata["step"], "0");
});

test("a model that throws in mid-run ends the run with one sentence at its line; what was logged stays", async () => {
  const folder = workspace.path("throws");
  const file = workspace.model("throws", turningModel(5, `if (NOW) throw new Error("no more");\n      cost("f", f);`));
  const last = await train({ file, steps: 20, runFolder: folder });
  assert.equal(last.state, "failed");
  assert.equal(last.message, `${file}:11: the model threw no more`);
  assert.equal(readEvents(folder).filter(({ type }) => type === "loss").length, last.step);
});

test("a model that changes its shapes in mid-run is told where it did", async () => {
  const file = workspace.model("shapes", turningModel(3, `cost("f", NOW ? tf.reshape(f, [1, 1, 1]) : f);`));
  const last = await train({ file, steps: 20 });
  assert.equal(last.state, "failed");
  assert.equal(last.message, `cost "f" needs shape [S, B], got [1, 1, 1]; sum over the last axes`);
});

test("a full disk stops the run with one sentence, and the engine's tensors are freed", async () => {
  const folder = workspace.path("full");
  mkdirSync(folder);
  symlinkSync("/dev/full", join(folder, "events.jsonl"));
  const file = workspace.model("full", twoLayerModel(`{}`));
  await train({ file, steps: 1 });
  const before = tf.memory().numTensors;
  const last = await train({ file, steps: 20, runFolder: folder });
  assert.equal(last.state, "failed");
  assert.equal(last.message, `cannot write ${join(folder, "events.jsonl")}: the disk is full; free some space`);
  assert.equal(tf.memory().numTensors, before);
});

test("a run folder below a file, or in a folder without write permission, is refused before the first step", async () => {
  const file = workspace.model("folders", twoLayerModel(`{}`));
  const before = tf.memory().numTensors;
  await assert.rejects(start({ file, runFolder: join(file, "run") }), {
    code: "GL1605",
    message: `cannot write ${join(file, "run")}: a part of the path is a file; choose another folder`,
  });
  const locked = workspace.path("locked");
  mkdirSync(locked);
  chmodSync(locked, 0o500);
  // Root may write everywhere.
  if (process.getuid?.() !== 0) {
    await assert.rejects(start({ file, runFolder: join(locked, "run") }), {
      code: "GL1605",
      message: `cannot write ${join(locked, "run")}: it is not writable; choose another folder`,
    });
  }
  writeFileSync(workspace.path("plain"), "");
  await assert.rejects(start({ file, runFolder: workspace.path("plain") }), { code: "GL1605" });
  assert.equal(tf.memory().numTensors, before);
});

test("requests that make no sense are refused with what is expected", async () => {
  const file = workspace.model("requests", twoLayerModel(`{}`));
  for (const [request, code] of [
    [{ steps: 0 }, "GL1631"],
    [{ steps: 2.5 }, "GL1631"],
    [{ epochs: 3 }, "GL1633"],
    [{ learningRate: -1 }, "GL1632"],
    [{ diagnosticsBudget: 2 }, "GL1630"],
    [{ estimator: "nothing" }, "GL1311"],
    [{ objective: "elbo" }, "GL1306"],
    [{ dataset: "nothing" }, "GL2001"],
    [{ exportName: "nothing" }, "GL1505"],
    [{ seed: -1 }, "GL1308"],
  ] as const) {
    await assert.rejects(start({ file, ...request }), { code }, JSON.stringify(request));
  }
  const schedule = workspace.model("schedule", twoLayerModel(`{ schedule: { id: "sawtooth" } as never }`));
  const last = await train({ file: schedule, steps: 5 });
  assert.equal(last.message, `schedule "sawtooth" does not exist; choose one of constant, cosine, linear, step`);
});
