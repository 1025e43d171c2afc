import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { dataset as findDataset } from "../../../core/data/registry";
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
  assert.match(
    last.message!,
    /^step 1 was not taken: the gradient of parameter "theta" is (NaN|Infinity|-Infinity) though the loss is finite; /,
  );
  assert.equal(last.step, 0);
  assert.equal(readCheckpoint(folder).metadata["step"], "0");
});

test("probabilities that training drives above 1 stop the run before that step, with node and value", async () => {
  const folder = workspace.path("above");
  const file = workspace.model(
    "above",
    `
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
export default defineModel("above", () => {
  const p = parameter("p", [0.9]);
  return {
    program() {
      cost("f", tf.mul(sample("b", bernoulli({ probs: p })), -1).sum(-1));
    },
  };
}, { estimator: "straight-through", optimizer: { id: "sgd", learningRate: 0.04 } });`,
  );
  const last = await train({ file, steps: 20, runFolder: folder });
  assert.equal(last.state, "failed");
  assert.equal(last.step, 3);
  assert.match(
    last.message!,
    /^step 4 was not taken: at "b", bernoulli probs lie in \[0, 1\], got 1\.02; .* resume from the last checkpoint$/,
  );
  assert.ok(Math.abs(readCheckpoint(folder).tensors["p"]!.values[0]! - 0.9) < 1e-6);
});

test("what is finite but cannot be is told at whatever step it comes, in summed states too", async () => {
  // 0.9 + 107 · 0.000939 is the first above 1.
  for (const [estimator, rate, step] of [
    ["straight-through", 0.000939, 107],
    ["enumeration", 0.04, 3],
  ] as const) {
    const file = workspace.model(
      `late-${estimator}`,
      `
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
export default defineModel("late", () => {
  const p = parameter("p", [0.9]);
  return {
    program() {
      cost("f", tf.mul(sample("b", bernoulli({ probs: p })), -1).sum(-1));
    },
  };
}, { estimator: "${estimator}", optimizer: { id: "sgd", learningRate: ${rate} } });`,
    );
    const last = await train({ file, steps: 200 });
    assert.equal(last.step, step, last.message!);
    assert.match(
      last.message!,
      new RegExp(`^step ${step + 1} was not taken: at "b", bernoulli probs lie in \\[0, 1\\], got 1\\.`),
    );
  }
});

test("learning with refined posteriors is looked at, too: the guide's node and the model's terms", async () => {
  for (const [name, guided, observed, told] of [
    ["guide", "p", "[0.5]", /^step 4 was not taken: at "h", bernoulli probs lie in \[0, 1\], got 1\./],
    ["term", "[0.5]", "p", /^step 4 was not taken: at observe\("y"\), bernoulli probs lie in \[0, 1\], got 1\./],
  ] as const) {
    const file = workspace.model(
      `refined-${name}`,
      `
import { bernoulli, cost, defineModel, observe, parameter, sample, tf } from "gradlens";
export default defineModel("refined", () => {
  const p = parameter("p", [0.9]);
  return {
    guide() {
      sample("h", bernoulli({ probs: ${guided} }));
    },
    model() {
      sample("h", bernoulli({ probs: [0.5] }));
      observe("y", bernoulli({ probs: ${observed} }), tf.ones([1, 1, 1]));
      cost("f", tf.mul(p, -1).sum(-1));
    },
  };
}, {
  objective: "elbo",
  estimator: "mean-passing",
  inference: { steps: 1, rate: 1e-6 },
  optimizer: { id: "sgd", learningRate: ${name === "guide" ? 0.04 : 0.02} },
});`,
    );
    const last = await train({ file, steps: 20 });
    assert.match(last.message!, told);
    assert.equal(last.step, 3);
  }
});

test("an observed row that stops being one-hot is told, though the loss stays finite", async () => {
  const text = turningModel(
    4,
    `cost("f", f);
      observe("y", categorical({ logits: tf.zeros([1, 3]) }), tf.tensor(NOW ? [1, 1, 0] : [1, 0, 0], [1, 1, 1, 3]));`,
  ).replace("bernoulli, cost", "bernoulli, categorical, cost, observe");
  const last = await train({ file: workspace.model("rows", text), steps: 20 });
  assert.equal(last.step, 4);
  assert.match(last.message!, /^step 5 was not taken: at observe\("y"\), categorical values are one-hot, got .* 2; /);
});

test("one example of the data that a distribution cannot have given is named before its step", async () => {
  const { train: split } = await findDataset("digits-binarized").load({ folder: null, seed: 0 });
  const { values, shape } = split.inputs["x"]!;
  const width = shape.reduce((product, size) => product * size, 1);
  const isOn = (example: number, pixel: number): boolean => values[example * width + pixel] === 1;
  // A pixel that is seldom on, so that the examples that the model is tried on do not have it.
  const share = (pixel: number): number =>
    Array.from({ length: split.size }, (_, example) => Number(isOn(example, pixel))).reduce((a, b) => a + b) /
    split.size;
  const pixel = Array.from({ length: width }, (_, i) => i).find((i) => share(i) > 0.002 && share(i) < 0.02)!;
  const file = workspace.model(
    "negative",
    `
import { bernoulli, cost, defineModel, gamma, observe, parameter, sample, tf } from "gradlens";
export default defineModel("negative", () => {
  const theta = parameter("theta", [0.3]);
  return {
    program({ x }: { x: tf.Tensor }) {
      const b = sample("b", bernoulli({ logits: theta }));
      const pixel = tf.slice(tf.reshape(x, [1, -1, ${width}]), [0, 0, ${pixel}], [1, -1, 1]);
      observe("n", gamma({ concentration: tf.add(b, 1), rate: [1] }), tf.sub(1, tf.mul(pixel, 3)));
    },
  };
}, { data: "digits-binarized", batchSize: 20, objective: "structured-prediction", estimator: "lr" });`,
  );
  const last = await train({ file, epochs: 1 });
  const told =
    /^step (\d+) was not taken: at observe\("n"\), gamma .* got -2 in example (\d+) of digits-binarized; /.exec(
      last.message!,
    );
  assert.ok(told, last.message!);
  assert.equal(last.step, Number(told[1]) - 1);
  assert.ok(isOn(Number(told[2]), pixel));
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
