import assert from "node:assert/strict";
import { test } from "node:test";
import { gradlens, modelFile, refusal, teaching, temporaryFolder } from "./support";

const folder = temporaryFolder();
const oneBit = teaching("one-bit.ts");

function program(body: string, build = ""): string {
  return `import { bernoulli, cost, defineModel, dense, observe, parameter, sample, tf } from "gradlens";
export default defineModel("m", () => {
  const theta = parameter("theta", [0.3]);
  ${build}
  return { program() { ${body} } };
});
`;
}

const usage: readonly [title: string, message: RegExp, ...args: string[]][] = [
  ["an unknown command", /unknown command 'grad'.*; see gradlens --help/, "grad"],
  ["an unknown option", /unknown option '--foo'; see gradlens bias --help/, "bias", oneBit, "--foo"],
  ["a missing model", /missing required argument 'model'; see gradlens gradient --help/, "gradient"],
  ["train without a model", /--resume FOLDER/, "train"],
  ["too many arguments", /too many arguments/, "gradient", oneBit, "more"],
  ["a seed that is no number", /'x' is invalid/, "gradient", oneBit, "--seed", "x"],
  ["no samples", /whole number of at least 1/, "gradient", oneBit, "--samples", "0"],
  ["a single draw", /whole number of at least 2/, "variance", oneBit, "--draws", "1"],
  ["a margin of zero", /number above 0/, "bias", oneBit, "--margin", "0"],
  ["an unknown method", /Allowed choices are enumerate, sample, auto/, "bias", oneBit, "--method", "guess"],
  ["steps together with epochs", /cannot be used with/, "train", oneBit, "--steps", "1", "--epochs", "1"],
  ["epochs without a data set", /no data set/, "train", oneBit, "--epochs", "1", "--no-run-folder"],
  ["an unknown estimator", /"zap" does not exist; choose one of lr,/, "gradient", oneBit, "--estimator", "zap"],
  [
    "a misspelt estimator",
    /"mupro-c" does not exist \(did you mean muprop-c\?\); choose one of lr,/,
    "gradient",
    oneBit,
    "--estimator",
    "mupro-c",
  ],
  ["a margin in percent", /expected a share between 0 and 1, such as 0.05/, "bias", oneBit, "--margin", "5"],
  ["a folder without a checks file", /gradlens\.checks\.json does not exist; write one/, "check", "docs"],
  ["an unknown option of an estimator", /has no option "x"/, "gradient", oneBit, "--estimator", "lr(x=1)"],
  ["an unknown node", /no node "z"; the model's nodes are b/, "gradient", oneBit, "--estimator", "z=lr"],
  [
    "a form of the bound that a node has not",
    /elbo\(form=entropy\) needs a closed form at every node, but at node "z" the entropy of flow has none; use form=joint/,
    "gradient",
    "examples/continuous/flow-toy.ts",
    "--objective",
    "elbo(form=entropy)",
  ],
  [
    "an unknown objective",
    /"zap" does not exist; choose one of expected-cost/,
    "gradient",
    oneBit,
    "--objective",
    "zap",
  ],
  [
    "an objective that does not fit",
    /objective elbo needs a model of \{ guide, model \}/,
    "gradient",
    oneBit,
    "--objective",
    "elbo",
  ],
  [
    "an unknown data set",
    /data set "zap" does not exist; choose one of digits/,
    "gradient",
    oneBit,
    "--dataset",
    "zap",
  ],
  ["an unknown back end", /unknown back end/, "gradient", oneBit, "--backend", "zap"],
  ["a missing data folder", /data folder .*nowhere does not exist/, "gradient", oneBit, "--data", "nowhere"],
  ["a missing file", /model file nothing\.ts does not exist/, "gradient", "nothing.ts"],
  ["a folder", /is a folder, expected a model file/, "gradient", folder],
  ["an unknown export", /has no model "zap"; it exports default, quadratic/, "gradient", `${oneBit}#zap`],
];

for (const [title, message, ...args] of usage) {
  test(`${title} is wrong usage, told in one line`, async () => {
    assert.match(await refusal(2, ...args), message);
  });
}

const models: readonly [title: string, message: RegExp, text: string][] = [
  [
    "throws while it is built",
    /bad\.ts:4: the model threw out of luck/,
    program("", 'throw new Error("out of luck");'),
  ],
  [
    "throws while it runs",
    /bad\.ts:5: the model threw TypeError: /,
    program("(undefined as unknown as { x: { y: number } }).x.y;"),
  ],
  ["has a syntax error", /bad\.ts:5:\d+: syntax error/, program("const = 3;")],
  ["has no cost", /no cost; add cost\(name, tensor\)/, program('sample("b", bernoulli({ logits: theta }));')],
  ["exports no model", /exports no model; add "export default defineModel/, "export const x = 1;\n"],
  ["imports what is missing", /imports "\.\/missing", which does not exist/, 'import "./missing";\n'],
  [
    "mismatches shapes",
    /expects 2 inputs/,
    program(
      'cost("f", layer(sample("b", bernoulli({ logits: theta }))).sum(-1));',
      'const layer = dense("layer", 2, 3);',
    ),
  ],
  [
    "has a cost of the wrong shape",
    /cost "f" needs shape \[S, B\], got/,
    program('cost("f", sample("b", bernoulli({ logits: theta })));'),
  ],
  [
    "names an unknown estimator",
    /"zap" does not exist/,
    program('cost("f", sample("b", bernoulli({ logits: theta }), { estimator: "zap" }).sum(-1));'),
  ],
  [
    "has a cost that is no number",
    /cost "f" is not finite/,
    program('cost("f", sample("b", bernoulli({ logits: theta })).sub(3).log().sum(-1));'),
  ],
  [
    "has an infinite cost",
    /cost "f" is not finite/,
    program('cost("f", tf.div(1, tf.mul(0, sample("b", bernoulli({ logits: theta })))).sum(-1));'),
  ],
];

for (const [title, message, text] of models) {
  test(`a model that ${title} is an error of the model, told in one line`, async () => {
    const file = modelFile(folder, "bad.ts", text);
    assert.match(await refusal(1, "gradient", file), message);
    assert.match(await refusal(1, "bias", file), message);
    assert.match(await refusal(1, "train", file, "--steps", "3", "--no-run-folder"), message);
  });
}

test("a run folder that cannot be written is an error that names it", async () => {
  const file = modelFile(folder, "a-file", "");
  assert.match(
    await refusal(1, "train", oneBit, "--steps", "1", "--run-folder", `${file}/run`),
    /cannot write .*a-file.*choose another folder/,
  );
});

test("a folder that is no run is refused as checkpoint and for resuming", async () => {
  assert.match(await refusal(1, "gradient", oneBit, "--checkpoint", folder), /no checkpoint/);
  assert.match(await refusal(1, "train", "--resume", folder), /no run folder: run\.json is missing/);
});

test("a checkpoint of another model is refused, both named", async () => {
  const run = `${folder}/other`;
  await gradlens("train", oneBit, "--steps", "1", "--run-folder", run);
  assert.match(
    await refusal(1, "gradient", teaching("two-layers.ts"), "--checkpoint", run),
    /step-000000001\.safetensors is of the model "one-bit", not of "two-layers"/,
  );
});

test("no command, or an option without its value, is wrong usage", async () => {
  for (const [args, message] of [
    [[], /^error: expected a command; see gradlens --help\n$/],
    [["bias", oneBit, "--margin"], /^error: option '--margin <share>' argument missing; see gradlens bias --help\n$/],
  ] as const) {
    const { exitCode, out, err } = await gradlens(...args);
    assert.deepEqual([exitCode, out], [2, ""]);
    assert.match(err, message);
  }
});
