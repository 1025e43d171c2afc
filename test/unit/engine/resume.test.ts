import assert from "node:assert/strict";
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { readEvents } from "../../../core/engine/runFolder";
import { GradlensError } from "../../../core/errors";
import type { TrainRequest } from "../../../core/protocol/engine";
import { checkpointBytes, start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
after(() => workspace.remove());

async function train(request: TrainRequest): ReturnType<Awaited<ReturnType<typeof start>>["run"]> {
  const run = await start(request);
  const last = await run.run();
  run.dispose();
  return last;
}

/** Trains 60 steps at once and 30 + 30 steps by a checkpoint; both folders' last checkpoints. */
async function bothWays(name: string, file: string, options: Partial<TrainRequest> = {}): Promise<void> {
  const [whole, parts] = [workspace.path(`${name}-whole`), workspace.path(`${name}-parts`)];
  await train({ file, steps: 60, runFolder: whole, ...options });
  await train({ file, steps: 30, runFolder: parts, ...options });
  const middle = checkpointBytes(parts);
  assert.equal(middle["step"], "30");
  const last = await train({ ...options, file, steps: 60, resume: parts });
  assert.equal(last.step, 60);
  assert.deepEqual(checkpointBytes(parts), checkpointBytes(whole));
  assert.notDeepEqual(checkpointBytes(parts), middle);
}

test("lr-c-vn-idb with Adam resumes bit by bit: parameters, moments and baselines", async () => {
  const file = workspace.model(
    "adam",
    twoLayerModel(`{ estimator: "lr-c-vn-idb", optimizer: { id: "adam", learningRate: 0.01 } }`),
  );
  await bothWays("adam", file);
});

test("optimal constants resume bit by bit", async () => {
  const file = workspace.model("constants", twoLayerModel(`{ estimator: "muprop-c(constant=optimal)" }`));
  await bothWays("constants", file);
});

test("learned temperatures resume bit by bit", async () => {
  const file = workspace.model("warm", twoLayerModel(`{ estimator: "gumbel-softmax(learn=yes)" }`));
  await bothWays("warm", file);
});

test("muprop-c with momentum and a cosine schedule resumes bit by bit", async () => {
  const file = workspace.model(
    "sgd",
    twoLayerModel(
      `{ estimator: "muprop-c", optimizer: { id: "sgd", learningRate: 0.05, momentum: 0.9 }, schedule: { id: "cosine", steps: 60, warmup: 5 } }`,
    ),
  );
  await bothWays("sgd", file);
});

test("a belief net on embedded digits resumes bit by bit on wasm", async () => {
  const file = join(import.meta.dirname, "../../fixtures/models/beliefNet.ts");
  await bothWays("net", file, { backend: "wasm", estimator: "lr-c-vn-idb" });
});

test("diagnostics at every step leave the training as it is without them", async () => {
  const file = workspace.model("watched", twoLayerModel(`{ estimator: "muprop-c-vn-idb" }`));
  const [off, on] = [workspace.path("off"), workspace.path("on")];
  await train({ file, steps: 20, runFolder: off });
  await train({ file, steps: 20, runFolder: on, diagnosticsInterval: 1 });
  assert.deepEqual(checkpointBytes(on), checkpointBytes(off));
  assert.ok(readEvents(on).filter(({ type }) => type === "variance").length >= 19);
});

test("a resumed run shows the losses, measurements and changes from before, without steps that were taken twice", async () => {
  const file = workspace.model("history", twoLayerModel(`{ estimator: "lr-c" }`));
  const folder = workspace.path("history");
  const first = await start({ file, steps: 20, runFolder: folder, diagnosticsInterval: 5 });
  first.setEstimator("muprop-c");
  await first.run();
  first.dispose();
  // What a killed process had logged beyond its last checkpoint, its last line cut short.
  appendFileSync(join(folder, "events.jsonl"), `{"type":"loss","step":21,"value":123}\n{"type":"loss","step":22,"val`);
  const last = await train({ file, steps: 40, resume: folder, diagnosticsInterval: 5 });
  assert.deepEqual(
    last.loss.map(([step]) => step),
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  assert.ok(!last.loss.some(([, value]) => value === 123));
  assert.ok(last.variance.some(({ step }) => step <= 20) && last.variance.some(({ step }) => step > 20));
  assert.deepEqual(last.variance[0]!.parameters[0]!.shape, [3]);
  assert.equal(last.estimator, "muprop-c");
  assert.deepEqual(
    last.changes.map(({ estimator }) => estimator),
    ["muprop-c"],
  );
  const lines = readFileSync(join(folder, "events.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  assert.equal(lines.length - 1, readEvents(folder).length, "only the line that was cut short is lost");
});

test("a resumed run keeps the optimizer that it was started with", async () => {
  const folder = workspace.path("optimizer");
  const file = workspace.model("optimizer", twoLayerModel(`{ optimizer: { id: "sgd", momentum: 0.5 } }`));
  await train({ file, steps: 3, runFolder: folder, learningRate: 0.25 });
  workspace.model("optimizer", twoLayerModel(`{ optimizer: { id: "adam" } }`));
  const last = await train({ file, steps: 6, resume: folder });
  assert.equal(last.optimizer, "sgd (learning rate 0.25, momentum 0.5)");
});

test("a run whose model has other parameters now is refused with the parameter's name", async () => {
  const folder = workspace.path("changed");
  const text = twoLayerModel(`{}`);
  const file = workspace.model("changed", text);
  await train({ file, steps: 3, runFolder: folder });
  const refusal = async (changed: string): Promise<string> => {
    workspace.model("changed", changed);
    return train({ file, resume: folder }).then(
      () => "",
      (error: unknown) => (error instanceof GradlensError ? `${error.code}: ${error.message}` : String(error)),
    );
  };
  assert.match(
    await refusal(text.replace(`defineModel("two-layers"`, `defineModel("other"`)),
    /^GL1606: checkpoint .* is of the model "two-layers", not of "other"; use the model that it was made with/,
  );
  assert.match(
    await refusal(text.replaceAll(`"prior"`, `"start"`)),
    /^GL1606: .*it has no parameter "start", it holds prior, head\/weight, head\/bias/,
  );
  assert.match(
    await refusal(text.replace("[0.6, -0.9, 0.2]", "[0.6, -0.9]").replace(`"head", 3`, `"head", 2`)),
    /^GL1606: .*parameter "prior" has shape \[3\] in it and \[2\] in the model/,
  );
  assert.match(
    await refusal(
      text.replace(
        `const head = dense("head", 3, 2)`,
        `const head = (x: tf.Tensor) => tf.slice(x, [0, 0, 0], [-1, -1, 2])`,
      ),
    ),
    /^GL1606: .*holds a parameter "head\/weight", which the model does not have/,
  );
  assert.match(await refusal(text.replace("export default", "export const other =")), /^GL1505: .*no model "default"/);
  assert.equal(await refusal(text), "");
});

test("a damaged newest checkpoint falls back to the one before it", async () => {
  const folder = workspace.path("damaged");
  const file = workspace.model("damaged", twoLayerModel(`{}`));
  await train({ file, steps: 10, runFolder: folder });
  await train({ file, steps: 20, resume: folder });
  const checkpoints = readdirSync(join(folder, "checkpoints"));
  assert.deepEqual(checkpoints, ["step-000000010.safetensors", "step-000000020.safetensors"]);
  truncateSync(join(folder, "checkpoints", checkpoints[1]!), 100);
  assert.equal(checkpointBytes(folder)["step"], "10");
  writeFileSync(join(folder, "checkpoints", checkpoints[0]!), "");
  assert.throws(() => checkpointBytes(folder), /GL1601|no checkpoint: expected a safetensors file/);
});

test("a folder that holds a run is not written over", async () => {
  const folder = workspace.path("taken");
  const file = workspace.model("taken", twoLayerModel(`{}`));
  await train({ file, steps: 2, runFolder: folder });
  await assert.rejects(train({ file, steps: 2, runFolder: folder }), {
    code: "GL1607",
    message: `${folder} already holds a run; choose another folder, or resume the run`,
  });
});

test("resuming names what is wrong with the folder", async () => {
  const file = workspace.model("folder", twoLayerModel(`{}`));
  await assert.rejects(train({ file, resume: workspace.path("nowhere") }), { code: "GL1602" });
  const folder = workspace.path("empty");
  await train({ file, steps: 2, runFolder: folder });
  writeFileSync(join(folder, "run.json"), "{");
  await assert.rejects(train({ file, resume: folder }), { code: "GL1602" });
});
