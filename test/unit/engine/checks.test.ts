import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import type { BiasRecord } from "../../../core/protocol/bias";
import type { SweepRecord } from "../../../core/protocol/sweep";
import { answer } from "../cli/support";
import { engine, shutDown } from "./harness";
import { checkpointBytes, start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
afterEach(shutDown);
after(() => workspace.remove());

interface Told {
  readonly method: string;
  readonly verdict: string;
  readonly draws: number | null;
  readonly reference: string;
  readonly parameters: readonly Pick<
    BiasRecord["parameters"][number],
    "name" | "relativeBias" | "interval" | "verdict"
  >[];
}

const numbers = ({ method, verdict, draws, reference, parameters }: Told): unknown => ({
  ...{ method, verdict, draws, reference },
  parameters: parameters.map(({ name, relativeBias, interval, verdict: own }) => [name, relativeBias, interval, own]),
});

for (const [over, estimator] of [
  ["temperature", "gumbel-softmax"],
  ["samples", "lr"],
] as const) {
  test(`a sweep over ${over} gives the command line's numbers and stays in the snapshot`, async () => {
    const file = workspace.model("swept", twoLayerModel(`{ estimator: "${estimator}" }`));
    const harness = engine();
    const target = { kind: "file", file, backend: "cpu" } as const;
    const { record, snapshot } = await harness.ask("sweep", { target, over, values: [1, 2, 4], draws: 200 });
    const { points, best, notWorse, slopes, reference } = await answer<SweepRecord>(
      ...(["sweep", file, "--over", over, "--values", "1,2,4", "--draws", "200"] as const),
    );
    assert.deepEqual({ ...record, points, best, notWorse, slopes, reference }, record);
    assert.deepEqual(snapshot.sweeps, [record]);
    const { sweeps } = await harness.ask("sweeps", { target });
    assert.deepEqual(
      sweeps.filter(({ refusal }) => refusal === null).map(({ id }) => id),
      ["temperature", "samples"],
    );
    assert.equal(sweeps[0]!.estimator, over === "temperature" ? null : "gumbel-softmax");
    assert.match(sweeps.find(({ id }) => id === "order")!.refusal!, /no node's estimator is gsb/);
  });
}

test("a sweep over the series' order is offered where gsb could stand, and measured with it", async () => {
  const text = `
import { cost, defineModel, gamma, parameter, sample, tf } from "gradlens";
export default defineModel("series", () => {
  const scale = parameter("scale", [0.5]);
  return {
    program() {
      cost("f", tf.sum(tf.exp(tf.mul(-0.5, sample("z", gamma({ concentration: [2], scale })))), -1));
    },
  };
}, { estimator: "implicit-pathwise" });
`;
  const harness = engine();
  const target = { kind: "file", file: workspace.model("series", text), backend: "cpu" } as const;
  const { sweeps } = await harness.ask("sweeps", { target });
  const { estimator, refusal } = sweeps.find(({ id }) => id === "order")!;
  assert.deepEqual([estimator, refusal], ["gsb", null]);
  const { record } = await harness.ask("sweep", {
    target,
    over: "order",
    estimator: estimator!,
    values: [1, 2],
    draws: 4000,
  });
  assert.deepEqual(
    record.points.map((point) => point.estimator),
    ["gsb(order=1)", "gsb(order=2)"],
  );
  // ∂/∂θ E e^(−z/2) = −(1 + θ/2)⁻³ for two gamma units of one: the first term alone is −(1 + θ/2)⁻².
  const missing = (1.25 ** -2 - 1.25 ** -3) ** 2;
  const [low, high] = record.points[0]!.biasSquared.interval!;
  assert.ok(low <= missing && missing <= high, `${low} to ${high}, expected ${missing}`);
  const whole = /without an order, gsb\(order=auto\) has bias² \S+ \[(\S+), (\S+)\]/.exec(record.notes[0]!)!;
  assert.equal(Number(whole[1]), 0);
  assert.ok(Number(whole[2]) < missing / 10, whole[0]);
});

for (const estimator of ["straight-through", "muprop-c", "gumbel-softmax(temperature=0.5)"]) {
  test(`a check of ${estimator} on a model file gives the command line's numbers`, async () => {
    const file = workspace.model("initial", twoLayerModel(`{ estimator: "${estimator}" }`));
    const { record, snapshot } = await engine().ask("bias", {
      target: { kind: "file", file, backend: "cpu" },
      draws: 200,
    });
    assert.deepEqual(numbers(record), numbers(await answer<Told>("bias", file, "--draws", "200")));
    assert.equal(record.at, "initial");
    assert.equal(record.parameters[0]!.source!.line, 5);
    assert.deepEqual(snapshot.bias, record);
    assert.equal(snapshot.state, "stopped");
  });
}

test("a check of a run folder's checkpoint gives the command line's numbers on it", async () => {
  const file = workspace.model("trained", twoLayerModel(`{ estimator: "muprop-c-vn", steps: 30 }`));
  const runFolder = workspace.path("trained-run");
  const run = await start({ file, runFolder });
  await run.run();
  run.dispose();
  const { record } = await engine().ask("bias", { target: { kind: "folder", runFolder, backend: "cpu" } });
  assert.equal(record.step, 30);
  assert.deepEqual(numbers(record), numbers(await answer<Told>("bias", file, "--checkpoint", runFolder)));
});

test("checks and comparisons beside a run leave its training bit for bit as it was", async () => {
  const file = workspace.model("beside", twoLayerModel(`{ estimator: "muprop-c-vn", steps: 300 }`));
  const before = tf.memory().numTensors;
  const quiet = await start({ file, runFolder: workspace.path("quiet") });
  await quiet.run();
  const kept = tf.memory().numTensors - before;
  quiet.dispose();
  const { ask, events } = engine();
  const tensors = tf.memory().numTensors;
  const begun = await ask("train", {
    file,
    runFolder: workspace.path("watched"),
    backend: "cpu",
    diagnosticsInterval: 0,
  });
  const target = { kind: "run", runId: begun.runId } as const;
  const [bias, comparison] = await Promise.all([
    ask("bias", { target, draws: 100, estimator: "gumbel-softmax" }),
    ask("compare", { target, estimators: ["muprop-c-vn", "lr-c", "pathwise"], draws: 8, biasDraws: 40 }),
  ]);
  assert.equal(bias.record.at, "run");
  assert.ok(bias.record.step < 300, "the check began while the run went on");
  assert.deepEqual(
    comparison.record.estimators.map(({ id }) => id),
    ["muprop-c-vn", "lr-c"],
  );
  assert.match(comparison.record.skipped[0]!, /^pathwise: /);
  while ((await ask("snapshot", { runId: begun.runId })).state !== "finished") await new Promise(setImmediate);
  const last = await ask("snapshot", { runId: begun.runId });
  assert.deepEqual(last.bias, bias.record);
  assert.deepEqual(last.comparison, comparison.record);
  assert.deepEqual(checkpointBytes(workspace.path("watched")), checkpointBytes(workspace.path("quiet")));
  assert.ok(events.some((event) => event.name === "progress" && event.text === "lr-c"));
  assert.equal(tf.memory().numTensors - tensors, kept, "checks keep no tensors");
});

test("a finished run can be checked where it ended, and its numbers are those of its checkpoint", async () => {
  const file = workspace.model("ended", twoLayerModel(`{ estimator: "half", steps: 12 }`));
  const runFolder = workspace.path("ended-run");
  const { ask } = engine();
  const { runId } = await ask("train", { file, runFolder, backend: "cpu" });
  while ((await ask("snapshot", { runId })).state !== "finished") await new Promise(setImmediate);
  const { record } = await ask("bias", { target: { kind: "run", runId } });
  const fromFolder = await ask("bias", { target: { kind: "folder", runFolder } });
  assert.deepEqual(numbers(record), numbers(fromFolder.record));
});

test("a check can be cancelled, tells how far it is, and refuses what is not there", async () => {
  const { ask, cancelLast, events } = engine();
  const file = workspace.model("long", twoLayerModel(`{ estimator: "st-gumbel-softmax" }`));
  const check = ask("bias", { target: { kind: "file", file, backend: "cpu" }, draws: 1_000_000 });
  while (!events.some(({ name }) => name === "progress")) await new Promise(setImmediate);
  const shares = events.flatMap((event) => (event.name === "progress" ? [event.share] : []));
  assert.ok(shares.every((share) => share > 0 && share <= 1));
  cancelLast();
  await assert.rejects(check, { code: "GL1703" });
  await assert.rejects(ask("bias", { target: { kind: "run", runId: "nobody" } }), { code: "GL1704" });
  await assert.rejects(ask("bias", { target: { kind: "file", file }, estimator: "pathwise" }), { code: "GL1316" });
});

test("the estimators offered for comparison serve every node, the driving one is named", async () => {
  const file = workspace.model("offered", twoLayerModel(`{ estimator: "darn" }`));
  const { estimators, driving } = await engine().ask("serving", { target: { kind: "file", file, backend: "cpu" } });
  const ids = estimators.map(({ id }) => id);
  assert.ok(ids.includes("enumeration") && ids.includes("muprop-c") && !ids.includes("pathwise"));
  assert.equal(driving, "darn");
});
