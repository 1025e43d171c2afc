import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse, type Structure } from "../../../core/graph/structure";
import {
  bernoulli,
  categorical,
  cost,
  defineModel,
  dense,
  observe,
  parameter,
  sample,
  stopGradient,
  tf,
} from "../../../core/index";
import type { DataInputs, ModelFunctions } from "../../../core/model/defineModel";

before(() => useBackend("cpu"));

function structureOf(build: () => ModelFunctions, data: DataInputs = {}): Structure {
  const instance = new ModelInstance(defineModel("model", build), 0);
  try {
    return analyse(instance, data);
  } finally {
    instance.dispose();
  }
}

const list = (names: ReadonlySet<string> | undefined): string[] => [...(names ?? [])].sort();
const bit = (name: string, logits: tf.Tensor): tf.Tensor => sample(name, bernoulli({ logits }));

/** a → b → d, a → c → d, and e apart; costs at b, at c with e, and at d. */
const diamond = (): ModelFunctions => {
  const theta = parameter("theta", [0.1, 0.2]);
  return {
    program() {
      const a = bit("a", theta);
      const b = bit("b", tf.mul(2, a));
      const c = bit("c", tf.sub(a, 1));
      const d = bit("d", tf.add(b, c));
      const e = bit("e", theta);
      cost("at b", tf.sum(b, -1));
      cost("at c and e", tf.sum(tf.mul(c, e), -1));
      cost("at d", tf.sum(tf.exp(d), -1));
    },
  };
};

test("costs of a diamond are credited to the nodes upstream of them, and to no other", () => {
  const { nodes, ancestors, parents, upstream } = structureOf(diamond);
  assert.deepEqual(nodes, ["a", "b", "c", "d", "e"]);
  assert.deepEqual(
    nodes.map((node) => list(ancestors.get(node)).join("")),
    ["", "a", "a", "abc", ""],
  );
  assert.deepEqual(
    nodes.map((node) => list(parents.get(node)).join("")),
    ["", "a", "a", "bc", ""],
  );
  assert.deepEqual(list(upstream.get("cost:at b")), ["a", "b"]);
  assert.deepEqual(list(upstream.get("cost:at c and e")), ["a", "c", "e"]);
  assert.deepEqual(list(upstream.get("cost:at d")), ["a", "b", "c", "d"]);
  assert.deepEqual(list(upstream.get("entropy:d")), ["a", "b", "c", "d"]);
});

test("a node behind a threshold or a stopped gradient still counts as upstream", () => {
  const { upstream } = structureOf(() => {
    const theta = parameter("theta", [0.1]);
    return {
      program() {
        const a = bit("a", theta);
        const b = bit("b", theta);
        cost("threshold", tf.sum(tf.cast(tf.greater(a, 0.5), "float32"), -1));
        cost("stopped", tf.sum(stopGradient(b), -1));
      },
    };
  });
  assert.deepEqual(list(upstream.get("cost:threshold")), ["a"]);
  assert.deepEqual(list(upstream.get("cost:stopped")), ["b"]);
});

test("after values were read back everything drawn before counts as upstream: too many nodes, never too few", () => {
  const { upstream, ancestors } = structureOf(() => {
    const theta = parameter("theta", [0.1]);
    return {
      program() {
        const a = bit("a", theta);
        const on = a.dataSync()[0]! > 0.5;
        const b = bit("b", on ? theta : tf.neg(theta));
        cost("f", tf.sum(b, -1));
        const c = bit("c", theta);
        cost("g", tf.sum(tf.mul(c, on ? 1 : 2), -1));
      },
    };
  });
  assert.deepEqual(list(ancestors.get("b")), ["a"]);
  assert.ok(upstream.get("cost:f")!.has("a") && upstream.get("cost:g")!.has("a"));
});

test("watching for values that are read back ends with the analysis", () => {
  const original = tf.Tensor.prototype.dataSync;
  structureOf(diamond);
  assert.equal(tf.Tensor.prototype.dataSync, original);
  assert.throws(() => structureOf(() => ({ program: () => cost("f", tf.zeros([1, 1, 1, 1])) })), { code: "GL1155" });
  assert.equal(tf.Tensor.prototype.dataSync, original);
});

test("the graph of a belief net with a categorical layer is as drawn", () => {
  const x = tf.zeros([1, 2, 6]);
  const { graph } = structureOf(
    () => {
      const encode = dense("encode", 6, 3);
      const decode = dense("decode", 3, 6);
      const prior = parameter("prior", tf.zeros([2, 3]));
      return {
        guide({ x: input }: { readonly x: tf.Tensor }) {
          const logits = encode(input);
          sample("c", categorical({ logits: tf.stack([logits, logits], -2) }), { estimator: "muprop" });
        },
        model({ x: input }: { readonly x: tf.Tensor }) {
          const c = sample("c", categorical({ logits: prior }));
          observe("x", bernoulli({ logits: decode(tf.sum(c, -2)) }), input);
        },
      };
    },
    { x },
  );
  x.dispose();
  const nodes = graph.nodes.map(
    ({ name, kind, role, distribution, shape }) =>
      `${name}: ${[role, kind, distribution].filter((word) => word !== undefined).join(" ")} [${shape.join(", ")}]`,
  );
  assert.deepEqual(nodes.sort(), [
    "c: guide stochastic categorical [2, 3]",
    "decode/bias: parameter [6]",
    "decode/weight: parameter [3, 6]",
    "decode: deterministic [6]",
    "encode/bias: parameter [3]",
    "encode/weight: parameter [6, 3]",
    "encode: deterministic [3]",
    "log p(c): model cost categorical []",
    "log p(x | …): model observed bernoulli []",
    "prior: parameter [2, 3]",
    "x: data [6]",
  ]);
  assert.deepEqual(
    graph.edges.map(({ from, to }) => `${from} → ${to}`).sort(),
    [
      "c → decode",
      "c → log p(c)",
      "decode/bias → decode",
      "decode/weight → decode",
      "decode → log p(x | …)",
      "encode/bias → encode",
      "encode/weight → encode",
      "encode → c",
      "prior → log p(c)",
      "x → encode",
      "x → log p(x | …)",
    ].sort(),
  );
});

test("a model leaves no tensor behind, those of its build function and its trace included", () => {
  const build = (): ModelFunctions => {
    const mask = tf.ones<tf.Rank.R2>([2, 2]);
    const head = dense("head", 2, 2, { mask });
    const theta = parameter("theta", [0.1, 0.2]);
    return { program: () => cost("f", tf.sum(head(bit("a", theta)), -1)) };
  };
  const before = tf.memory().numTensors;
  structureOf(build);
  assert.equal(tf.memory().numTensors, before);
});
