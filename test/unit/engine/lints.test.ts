import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { finish } from "../../../core/diagnostics/sliced";
import { lintFile } from "../../../core/engine/lintFile";
import { lintModel } from "../../../core/engine/lintModel";
import { loadModelFile, pickModel } from "../../../core/engine/modelLoader";
import { prepare } from "../../../core/engine/prepare";
import type { FileLints } from "../../../core/protocol/lints";
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

const kinkedModel = (cost: string, options = ""): string => `
import { cost, defineModel, normal, parameter, sample, tf } from "gradlens";
export default defineModel("kinked", () => {
  const mean = parameter("mean", [0.3, -0.2]);
  const logStd = parameter("log-std", [0.1, -0.3]);
  return {
    program() {
      const z = sample("z", normal({ mean, std: tf.exp(logStd) }));
      cost("f", tf.sum(${cost}, -1));
    },
  };
}, { estimator: "gsb"${options} });
`;

type Finding = FileLints["findings"][number];

/** The only finding of a file's model, measured for as long as it takes. */
async function onlyFinding(file: string): Promise<Finding> {
  const prepared = await prepare(pickModel(loadModelFile(file), undefined).definition, file);
  const request = { ...prepared, data: prepared.batch(0), step: 0, basis: "text" as const, limitMs: Infinity };
  const found = finish(lintModel(request));
  prepared.dispose();
  assert.equal(found.length, 1);
  return found[0]!;
}

test("a kink that an estimator does not see is told with the bias that it makes", async () => {
  const { lint, message, bias } = await onlyFinding(workspace.model("kinked", kinkedModel("tf.abs(z)")));
  assert.equal(lint, "kinked-derivatives");
  // All of the gradient of the deviations is missing: |z|'' is zero wherever a sample falls. That of the means is there.
  const { mean, "log-std": deviation } = Object.fromEntries(bias!.parameters.map((found) => [found.name, found]));
  assert.notEqual(mean!.verdict, "biased");
  assert.equal(deviation!.verdict, "biased");
  assert.ok(deviation!.interval![0] <= 1 && 1 <= deviation!.interval![1], String(deviation!.interval));
  assert.match(
    message,
    /biased at these parameters, by 2048 draws: "log-std" by \d+ % of its gradient \(\d+ % to \d+ %/,
  );
});

test("a kink that no value comes near makes no bias, and none is claimed", async () => {
  const far = workspace.model("far", kinkedModel("tf.maximum(tf.square(z), -1)"));
  const { bias, message } = await onlyFinding(far);
  assert.ok(bias!.parameters.every(({ verdict }) => verdict !== "biased"));
  assert.match(message, /unknown at these parameters|no bias above 5 %/);
});

test("a look at a file measures, too, and leaves no tensor", async () => {
  const file = workspace.model("looked-at", kinkedModel("tf.abs(z)"));
  const tensors = tf.memory().numTensors;
  const { findings } = await lintFile(file);
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(findings[0]!.bias!.parameters.length, 2);
});

test("no bias is measured on data that stand in for others", async () => {
  const file = workspace.model("stand-in", kinkedModel("tf.abs(z)", `, data: "mnist-stochastic"`));
  const [finding] = (await lintFile(file, workspace.path("nowhere"))).findings;
  assert.equal(finding!.lint, "kinked-derivatives");
  assert.equal(finding!.bias, undefined);
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
