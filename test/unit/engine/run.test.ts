import assert from "node:assert/strict";
import { after, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { readEvents } from "../../../core/engine/runFolder";
import type { RunDelta, RunSnapshot } from "../../../core/protocol/snapshot";
import { applyDelta } from "../../../core/protocol/applyDelta";
import { start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

/** Lets the run take steps until a condition holds. */
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((next) => setImmediate(next));
};

for (const estimator of ["lr-c-vn-idb", "muprop-c-vn-idb", "straight-through", "half"]) {
  test(`${estimator} takes two hundred steps, measured at each, without a tensor more`, async () => {
    const file = workspace.model(`flat-${estimator}`, twoLayerModel(`{ estimator: "${estimator}" }`));
    const counts: number[] = [];
    const run = await start({ file, steps: 240, diagnosticsInterval: 1 });
    const ended = run.run();
    await until(() => run.snapshot.step >= 40);
    while (run.snapshot.state === "running") {
      counts.push(tf.memory().numTensors);
      await new Promise((next) => setImmediate(next));
    }
    const last = await ended;
    assert.equal(last.state, "finished");
    assert.ok(counts.length > 3);
    assert.deepEqual([...new Set(counts)], [counts[0]]);
    run.dispose();
  });
}

test("what control variates do is measured beside training, at every node that has one, and with another estimator not at all", async () => {
  const file = workspace.model("controls", twoLayerModel(`{ estimator: "lr-c" }`));
  const run = await start({ file, steps: 1_000_000, diagnosticsInterval: 1 });
  const ended = run.run();
  await until(() => run.snapshot.step > 80);
  const { step, nodes } = run.snapshot.controlVariates!;
  assert.ok(step > 60, "it was looked at again");
  assert.equal(nodes.length, 2);
  for (const { estimator, varianceRatio, interval } of nodes) {
    assert.equal(estimator, "lr-c");
    assert.ok(interval![0] <= varianceRatio! && varianceRatio! <= interval![1]);
  }
  run.setEstimator("straight-through");
  await until(() => run.snapshot.step > step + 40);
  assert.equal(run.snapshot.controlVariates, null);
  run.stop();
  await ended;
  run.dispose();
});

test("pause holds the step, resume goes on, stop ends with a checkpoint", async () => {
  const folder = workspace.path("paused");
  const file = workspace.model("paused", twoLayerModel(`{}`));
  const run = await start({ file, steps: 1_000_000, runFolder: folder });
  const ended = run.run();
  await until(() => run.snapshot.step > 10);
  run.pause();
  assert.equal(run.snapshot.state, "paused");
  for (let i = 0; i < 10; i++) await new Promise((next) => setImmediate(next));
  const { step } = run.snapshot;
  for (let i = 0; i < 50; i++) await new Promise((next) => setImmediate(next));
  assert.equal(run.snapshot.step, step);
  run.resume();
  run.pause();
  assert.equal(run.snapshot.state, "paused");
  for (let i = 0; i < 50; i++) await new Promise((next) => setImmediate(next));
  assert.ok(run.snapshot.step <= step + 8, "a pause right after a resume is not lost");
  run.resume();
  assert.equal(run.snapshot.state, "running");
  await until(() => run.snapshot.step > step + 20);
  run.pause();
  run.stop();
  const last = await ended;
  assert.equal(last.state, "stopped");
  const events = readEvents(folder);
  assert.equal(events.at(-1)!["state"], "stopped");
  assert.equal(events.filter(({ type }) => type === "loss").length, last.step);
  run.dispose();
});

test("a run told to pause before its first step waits there", async () => {
  const file = workspace.model("early", twoLayerModel(`{}`));
  const run = await start({ file, steps: 5 });
  run.pause();
  const ended = run.run();
  for (let i = 0; i < 20; i++) await new Promise((next) => setImmediate(next));
  assert.equal(run.snapshot.state, "paused");
  assert.equal(run.snapshot.step, 0);
  run.resume();
  assert.equal((await ended).step, 5);
  run.dispose();
});

test("the estimator changes while the run goes on, at the step that it says", async () => {
  const file = workspace.model("change", twoLayerModel(`{ estimator: "lr" }`));
  const run = await start({ file, steps: 1_000_000 });
  const ended = run.run();
  await until(() => run.snapshot.step > 5);
  run.setEstimator("h=muprop-c,y=half");
  const { changes, graph } = run.snapshot;
  assert.equal(changes.length, 1);
  assert.equal(graph.nodes.find(({ name }) => name === "y")!.estimator, "half");
  assert.throws(() => run.setEstimator("nothing"), { code: "GL1311" });
  await until(() => run.snapshot.step > changes[0]!.step + 10);
  run.stop();
  const last = await ended;
  assert.equal(last.estimator, "h=muprop-c,y=half");
  run.dispose();
});

test("what the deltas tell adds up to the snapshot", async () => {
  const file = workspace.model("deltas", twoLayerModel(`{}`));
  const deltas: RunDelta[] = [];
  const run = await start({ file, steps: 50, diagnosticsInterval: 10 }, (delta) => deltas.push(structuredClone(delta)));
  let told: RunSnapshot = structuredClone(run.snapshot);
  const last = await run.run();
  for (const delta of deltas) told = applyDelta(told, delta);
  assert.deepEqual(told, last);
  assert.deepEqual(
    deltas.map(({ sequence }) => sequence),
    deltas.map((_, i) => i + 1),
  );
  run.dispose();
});

test("a run that is disposed before it began says that it was stopped", async () => {
  const folder = workspace.path("never");
  const file = workspace.model("never", twoLayerModel(`{}`));
  const before = tf.memory().numTensors;
  const run = await start({ file, steps: 50, runFolder: folder });
  run.dispose();
  assert.equal(readEvents(folder).at(-1)!["state"], "stopped");
  assert.equal(tf.memory().numTensors, before);
});
