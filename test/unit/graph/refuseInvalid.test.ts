import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { GradlensError } from "../../../core/errors";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse } from "../../../core/graph/structure";
import { bernoulli, categorical, cost, defineModel, normal, observe, parameter, sample, tf } from "../../../core/index";
import type { ModelFunctions } from "../../../core/model/defineModel";

before(() => useBackend("cpu"));

/** What is said of a model before its first step; empty when nothing is. */
function said(build: () => ModelFunctions): string {
  const instance = new ModelInstance(defineModel("m", build), 0);
  const tensors = tf.memory().numTensors;
  try {
    analyse(instance, {});
    return "";
  } catch (error) {
    assert.ok(error instanceof GradlensError, String(error));
    return error.message;
  } finally {
    assert.equal(tf.memory().numTensors, tensors, "tensors left behind");
    instance.dispose();
  }
}

const bits = (name: string, probs: number[]) => (): ModelFunctions => {
  const p = parameter("p", probs);
  return { program: () => cost("f", sample(name, bernoulli({ probs: p })).sum(-1)) };
};

const observing = (row: number[]) => (): ModelFunctions => ({
  program: () => observe("y", categorical({ logits: tf.zeros([1, 3]) }), tf.tensor(row, [1, 1, 1, 3])),
});

const refused: readonly (readonly [name: string, build: () => ModelFunctions, sentence: RegExp])[] = [
  ["a probability above 1", bits("b", [0.5, 1.2]), /^at "b", bernoulli probs lie in \[0, 1\], got 1\.2; mend/],
  ["a probability below 0", bits("b", [-0.1]), /^at "b", bernoulli probs lie in \[0, 1\], got -0\.1; mend/],
  [
    "NaN logits",
    () => ({ program: () => cost("f", sample("b", bernoulli({ logits: tf.tensor([0, NaN]) })).sum(-1)) }),
    /^at "b", bernoulli logits are numbers, got NaN; mend/,
  ],
  [
    "a categorical probability below 0",
    () => ({
      program: () => cost("f", sample("c", categorical({ probs: tf.tensor([[0.5, 0.9, -0.4]]) })).sum([-2, -1])),
    }),
    /^at "c", categorical probs lie in \[0, 1\], got -0\.4; mend/,
  ],
  [
    "an observed row with two ones",
    observing([1, 1, 0]),
    /^at observe\("y"\), categorical values are one-hot, got .* 2;/,
  ],
  [
    "an observed row of shares",
    observing([0.5, 0.5, 0]),
    /^at observe\("y"\), categorical values are one-hot, got .* 0\.5;/,
  ],
  [
    "an observed bit below 0",
    () => ({ program: () => observe("x", bernoulli({ logits: tf.zeros([1]) }), tf.fill([1, 1, 1], -2)) }),
    /^at observe\("x"\), bernoulli observed values lie in \[0, 1\], got -2; mend/,
  ],
  [
    "a prior's negative scale",
    () => ({
      guide: () => void sample("z", normal({ mean: tf.zeros([1]), std: tf.ones([1]) })),
      model() {
        const z = sample("z", normal({ mean: tf.zeros([1]), std: tf.tensor([-1]) }));
        observe("x", normal({ mean: z, std: tf.ones([1]) }), tf.zeros([1, 1, 1]));
      },
    }),
    /^at the model's sample\("z"\), normal .* got -1; mend/,
  ],
];

for (const [name, build, sentence] of refused)
  test(`${name} is refused before the first step`, () => assert.match(said(build), sentence));

test("probabilities 0 and 1, and intensities as a Bernoulli's observed value, pass", () => {
  assert.equal(said(bits("b", [0, 1])), "");
  const intensities = (): ModelFunctions => ({
    program: () => observe("x", bernoulli({ logits: tf.zeros([1]) }), tf.fill([1, 1, 1], 0.5)),
  });
  assert.equal(said(intensities), "");
});
