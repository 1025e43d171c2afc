import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { lintFile } from "../../../core/engine/lintFile";
import { start, twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
before(() => useBackend("cpu"));
after(() => workspace.remove());

test("a file's lints are of all its exports, each once, and leave no tensor", async () => {
  const text = twoLayerModel(`{ estimator: "half" }`);
  const file = workspace.model(
    "exports",
    text + text.slice(text.indexOf("export")).replace("export default", "export const second ="),
  );
  const tensors = tf.memory().numTensors;
  const { findings, problems } = await lintFile(file);
  assert.equal(tf.memory().numTensors, tensors);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    findings.map(({ lint, node, source }) => [lint, node, source?.line]),
    [
      ["biased-estimator", "h", 9],
      ["biased-estimator", "y", 10],
      ["biased-estimator", "h", 20],
      ["biased-estimator", "y", 21],
    ],
  );
});

test("an export that cannot be built is a problem at its line, and the others are linted", async () => {
  const text = twoLayerModel(`{ estimator: "half" }`);
  const broken = text.slice(text.indexOf("export")).replace("export default", "export const second =");
  const file = workspace.model("broken", text + broken.replace("tf.exp(", "tf.exq("));
  const { findings, problems } = await lintFile(file);
  assert.equal(findings.length, 2);
  assert.deepEqual(
    problems.map(({ code, source }) => [code, source.line]),
    [["GL1509", 22]],
  );
});

test("data that is missing is no problem of the model's text", async () => {
  const file = workspace.model("no-data", twoLayerModel(`{ data: "wdbc", estimator: "lr" }`));
  assert.deepEqual(await lintFile(file, workspace.path("nowhere")), { findings: [], problems: [] });
});

test("a run is looked at beside its training, also when it is over at once", async () => {
  const saturated = twoLayerModel(`{ estimator: "lr" }`).replace("0.6, -0.9, 0.2", "9, -9, 9");
  const file = workspace.model("saturated", saturated);
  const run = await start({ file, steps: 3, diagnosticsInterval: 1 });
  const { lints, step } = await run.run();
  assert.equal(lints!.step, step);
  assert.deepEqual(
    lints!.findings.map(({ lint, node }) => [lint, node]),
    [
      ["saturated-units", "h"],
      ["collapsed-entropy", "h"],
    ],
  );
  run.dispose();
});

test("no lints without diagnostics", async () => {
  const run = await start({ file: workspace.model("off", twoLayerModel(`{ estimator: "lr" }`)), steps: 3 });
  assert.equal((await run.run()).lints, undefined);
  run.dispose();
});
