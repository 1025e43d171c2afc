import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { GradlensError } from "../../../core/errors";
import { ModelInstance } from "../../../core/graph/instance";
import { refuseMixedRows } from "../../../core/graph/refuseMixedRows";
import {
  bernoulli,
  categorical,
  cost,
  defineModel,
  dense,
  normal,
  observe,
  parameter,
  sample,
  tf,
} from "../../../core/index";
import type { DataInputs, ModelFunctions } from "../../../core/model/defineModel";
import { onBackends } from "../backends/onBackends";

before(() => useBackend("cpu"));

/** What is said of a model; empty when nothing is. */
function said(build: () => ModelFunctions, data: DataInputs = {}, samples = 1): string {
  const instance = new ModelInstance(defineModel("m", build), 0);
  const tensors = tf.memory().numTensors;
  try {
    refuseMixedRows(instance, data, samples);
    return "";
  } catch (error) {
    assert.ok(error instanceof GradlensError, String(error));
    return `${error.code}: ${error.message}`;
  } finally {
    assert.equal(tf.memory().numTensors, tensors, "tensors left behind");
    instance.dispose();
  }
}

/** A program of two bits and a cost. */
const bits = (f: (b: tf.Tensor) => tf.Tensor) => (): ModelFunctions => {
  const theta = parameter("theta", [0.3, -0.5]);
  return { program: () => cost("f", f(sample("b", bernoulli({ logits: theta })))) };
};

let calls = 0;

const refused: readonly (readonly [name: string, build: () => ModelFunctions, sentence: RegExp, samples?: number])[] = [
  ["a mean over all axes", bits((b) => tf.mean(tf.exp(b))), /^GL1123: cost "f" of one row changes with .* sum\(-1\)/],
  ["a value that is read back", bits((b) => tf.scalar(Math.exp(b.dataSync()[0]!))), /^GL1123: cost "f"/],
  ["a sum over samples", bits((b) => tf.sum(tf.sum(b, -1), 0)), /^GL1123: cost "f"/, 2],
  ["a mean over rows by hand", bits((b) => tf.div(tf.sum(b, -1), b.shape[1]!)), /^GL1123: cost "f"/],
  [
    "statistics of a batch in a distribution",
    () => ({
      program() {
        const z = sample("z", normal({ mean: tf.zeros([2]), std: tf.ones([2]) }));
        const y = sample("y", normal({ mean: tf.sub(z, tf.mean(z, [0, 1])), std: tf.ones([2]) }));
        cost("f", tf.sum(y, -1));
      },
    }),
    /^GL1123: the distribution of "y"/,
  ],
  [
    "noise of the text's own",
    bits((b) => tf.mul(tf.sum(b, -1), tf.randomUniform(b.shape.slice(0, -1), 1, 2))),
    /^GL1122: cost "f" came out as .* for the same values and data; .* draw with sample\(name, distribution\)$/,
  ],
  ["Math.random", bits((b) => tf.add(tf.sum(b, -1), Math.random())), /^GL1122: cost "f"/],
  ["a counter", bits((b) => tf.mul(tf.sum(tf.add(b, 1), -1), calls++)), /^GL1122: cost "f"/],
  [
    "a node that is drawn for some values",
    () => ({
      program() {
        const b = sample("b", bernoulli({ logits: tf.zeros([1]) }));
        let f = tf.sum(b, -1);
        if (b.dataSync()[0]! > 0.5) f = tf.add(f, tf.sum(sample("c", bernoulli({ logits: tf.zeros([1]) })), -1));
        cost("f", f);
      },
    }),
    /^GL1124: .*"c".* for some values and not for others; .* tf\.where$/,
  ],
  [
    "a cost that is there for some values",
    () => ({
      program() {
        const c = sample("c", categorical({ logits: tf.zeros([1, 3]) }));
        cost("f", tf.sum(c, [-2, -1]));
        if (c.dataSync()[0]! === 1) cost("g", tf.sum(c, [-2, -1]));
      },
    }),
    /^GL1124: cost "g" is there for some values/,
  ],
];

for (const [name, build, sentence, samples] of refused)
  test(`${name} is refused`, () => assert.match(said(build, {}, samples), sentence));

test("statistics of the batch's data are refused", () => {
  const x = tf.tensor([0, 1, 1, 1, 0, 0], [1, 2, 3]);
  const centred = (): ModelFunctions => ({
    program(data: DataInputs) {
      const h = sample("h", bernoulli({ logits: tf.sub(data["x"]!, tf.mean(data["x"]!, 1, true)) }));
      cost("f", tf.sum(h, -1));
    },
  });
  assert.match(said(centred, { x }), /^GL1123: the distribution of "h"/);
  x.dispose();
});

const sound: readonly (readonly [name: string, build: () => ModelFunctions, samples?: number])[] = [
  ["a sum over units", bits((b) => tf.sum(b, -1))],
  ["values read back and put into their places", bits((b) => tf.sum(tf.tensor(b.arraySync() as number[][][]), -1))],
  ["an infinite cost of one state", bits((b) => tf.sum(tf.div(1, b), -1))],
  ["a cost that is no number", bits((b) => tf.sum(tf.div(b, b), -1))],
  [
    "a cost that jumps where rounding decides",
    bits((b) => tf.sum(tf.step(tf.sub(tf.sum(tf.mul(b, [0.1, 0.2]), -1, true), 0.3)), -1)),
  ],
  [
    "a belief net of two samples",
    () => {
      const encode = dense("encode", 3, 2);
      const decode = dense("decode", 2, 3);
      return {
        guide: ({ x }: { readonly x: tf.Tensor }) => void sample("h", bernoulli({ logits: encode(x) })),
        model({ x }: { readonly x: tf.Tensor }) {
          const h = sample("h", bernoulli({ logits: tf.zeros([2]) }));
          observe("x", bernoulli({ logits: decode(h) }), x);
        },
      };
    },
    2,
  ],
];

for (const [name, build, samples] of sound)
  test(`${name} is let through`, () => {
    const x = tf.tensor([0, 1, 1, 1, 0, 0], [1, 2, 3]);
    assert.equal(said(build, name.startsWith("a belief") ? { x } : {}, samples), "");
    x.dispose();
  });

onBackends(["wasm", "tensorflow"], "a categorical variable's other states are looked at", () => {
  const sound = said(() => {
    const theta = parameter("theta", [[0.2, -0.6, 0.9]]);
    return { program: () => cost("f", tf.sum(sample("c", categorical({ logits: theta })), [-2, -1])) };
  });
  assert.equal(sound, "");
  return Promise.resolve();
});
