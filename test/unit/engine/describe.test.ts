import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { describe } from "../../../core/engine/describe";
import { twoLayerModel, Workspace } from "./support";

const workspace = new Workspace();
before(() => useBackend("cpu"));
after(() => workspace.remove());

const beliefNet = (data: string, inputs = 784): string => `
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";
export default defineModel("net", () => {
  const encode = dense("encode", ${inputs}, 4);
  const decode = dense("decode", 4, ${inputs});
  const prior = parameter("prior", tf.zeros([4]));
  return {
    guide({ x }: { x: tf.Tensor }) { sample("h", bernoulli({ logits: encode(x) })); },
    model({ x }: { x: tf.Tensor }) { observe("x", bernoulli({ logits: decode(sample("h", bernoulli({ logits: prior }))) }), x); },
  };
}, { data: "${data}", batchSize: 20, estimator: "muprop-c" });
`;

for (const data of ["mnist", "mnist-stochastic", "binarized-mnist", "omniglot"]) {
  test(`a model on ${data} is described without its files`, async () => {
    const [model] = await describe(workspace.model(data, beliefNet(data)), workspace.path("no-data-here"));
    assert.equal(model!.problem, undefined);
    assert.deepEqual(
      [model!.dataset, model!.batchSize, model!.objective, model!.estimator],
      [data, 20, "elbo", "muprop-c"],
    );
    assert.deepEqual(
      model!.parameters.map(({ name, shape }) => `${name} ${shape.join("×")}`),
      ["encode/weight 784×4", "encode/bias 4", "decode/weight 4×784", "decode/bias 784", "prior 4"],
    );
    assert.ok(model!.graph.nodes.length > 5);
  });
}

test("a model that cannot be built is listed with the reason, beside those that can", async () => {
  const file = workspace.model(
    "several",
    twoLayerModel("{}") +
      `
export const files = defineModel("files", () => { const b = parameter("b", 0); return { program() { cost("f", b); } }; }, { data: "wdbc", batchSize: 10 });
export const broken = defineModel("broken", () => { throw new Error("on purpose"); });
export const unknown = defineModel("unknown", () => { const b = parameter("b", 0); return { program() { cost("f", b); } }; }, { data: "nothing" });
`,
  );
  const before = tf.memory().numTensors;
  const models = await describe(file, workspace.path("no-data-here"));
  assert.deepEqual(
    models.map(({ exportName }) => exportName),
    ["default", "files", "broken", "unknown"],
  );
  const [good, files, broken, unknown] = models;
  assert.equal(good!.problem, undefined);
  assert.equal(good!.parameters.length, 3);
  assert.match(files!.problem!, /data folder .*no-data-here does not exist/);
  assert.deepEqual([files!.name, files!.dataset, files!.batchSize, files!.parameters], ["files", "wdbc", 10, []]);
  assert.match(broken!.problem!, /several\.ts:\d+: the model threw on purpose$/);
  assert.match(unknown!.problem!, /data set "nothing" does not exist; choose one of digits/);
  assert.equal(tf.memory().numTensors, before);
});

test("places are those of the file as it is written: the call's first character, also on the first line and behind types", async () => {
  const text = `import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens"; const theta = (v: number): unknown => parameter("theta", [v as number]);
export default defineModel("places", () => {
  const t = theta(0.3) as tf.Tensor;
  return {
    program(_: Readonly<Record<string, tf.Tensor>>) {
      const b: tf.Tensor = sample("b", bernoulli({ logits: t as tf.Tensor })); cost("f", tf.sum(b as tf.Tensor, -1));
    },
  };
});
`;
  const file = workspace.model("places", text);
  const [model] = await describe(file, workspace.path("no-data-here"));
  assert.equal(model!.problem, undefined);
  const lines = text.split("\n");
  const at = (call: string): unknown => {
    const line = lines.findIndex((each) => each.includes(call));
    return { file, line: line + 1, column: lines[line]!.indexOf(call) + 1 };
  };
  const source = (name: string): unknown => model!.graph.nodes.find((node) => node.name === name)?.source;
  assert.deepEqual(model!.parameters[0]?.source, at('parameter("theta"'));
  assert.deepEqual(source("b"), at('sample("b"'));
  assert.deepEqual(source("f"), at('cost("f"'));
});
