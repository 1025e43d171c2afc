import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import type { BiasReport } from "../../../core/diagnostics/bias";
import { sequentialBias, type SequentialBiasRequest } from "../../../core/diagnostics/sequentialBias";
import { finish } from "../../../core/diagnostics/sliced";
import { bernoulli, cost, defineModel, normal, parameter, sample, tf } from "../../../core/index";
import type { ModelDefinition } from "../../../core/model/defineModel";
import { makeBench, twoLayers } from "./support";

before(() => useBackend("cpu"));

function check(
  definition: ModelDefinition,
  estimator: string,
  reference: string | null,
  options: Partial<SequentialBiasRequest> = {},
): BiasReport {
  const bench = makeBench(definition, estimator);
  const other = reference === null ? null : makeBench(definition, reference);
  try {
    return finish(
      sequentialBias({
        ...bench,
        reference: other && { id: reference!, estimators: other.estimators },
        exactReference: other === null,
        draws: 4000,
        margin: 0.05,
        seed: 0,
        step: 0,
        alpha: 0.05,
        ...options,
      }),
    );
  } finally {
    other?.dispose();
    bench.dispose();
  }
}

const idle = defineModel("idle", () => {
  const used = parameter("used", [0.4]);
  const unused = parameter("unused", [0.1]);
  return {
    program() {
      const h = sample("h", bernoulli({ logits: used }));
      cost("f", tf.sum(tf.add(tf.exp(h), tf.mul(0, unused)), -1));
    },
  };
});

test("a gradient that was zero in every draw gives no verdict, and says so", () => {
  const report = check(idle, "lr", "muprop");
  const unused = report.parameters.find(({ name }) => name === "unused")!;
  assert.equal(unused.verdict, "undecided");
  assert.equal(unused.relativeBias, null);
  assert.equal(unused.interval, null);
  assert.ok(report.notes.some((note) => /"unused" was zero in all draws/.test(note)));
});

test("a gradient that is exactly zero, with estimates that are zero too, is not biased", () => {
  const unused = check(idle, "lr", null).parameters.find(({ name }) => name === "unused")!;
  assert.equal(unused.verdict, "unbiased");
  assert.equal(unused.relativeBias, 0);
});

/** The score function of e^{6z²/7} under a standard normal has infinite variance; the pathwise gradient, too. */
const heavy = defineModel("heavy", () => {
  const mean = parameter("mean", [0.2]);
  return {
    program() {
      const z = sample("z", normal({ mean, std: tf.ones([1]) }));
      cost("f", tf.sum(tf.exp(tf.mul(0.45, tf.square(z))), -1));
    },
  };
});

test("a reference of infinite variance gives no verdict, however many draws agree", () => {
  for (const seed of [0, 1, 2]) {
    const report = check(heavy, "pathwise", "lr", { seed, draws: 20_000 });
    assert.equal(report.verdict, "undecided");
    assert.equal(report.remaining, null);
    assert.ok(
      report.notes.some((note) => /carry/.test(note)),
      report.notes.join("; "),
    );
  }
});

test("without a reference the question is refused", () => {
  assert.throws(() => check(twoLayers, "lr", null, { exactReference: false }), /no unbiased reference exists/);
});

test("an undecided answer tells how many more draws it takes, and that many decide it", () => {
  const short = check(twoLayers, "muprop", null, { draws: 300, margin: 0.2 });
  assert.equal(short.verdict, "undecided");
  assert.ok(short.remaining !== null && short.remaining !== undefined);
  const long = check(twoLayers, "muprop", null, { draws: 300 + 3 * short.remaining.draws, margin: 0.2 });
  assert.equal(long.verdict, "unbiased");
  assert.ok(long.draws! < 300 + 3 * short.remaining.draws);
});

test("drawing stops as soon as every tensor is decided, or the whole", () => {
  const every = check(twoLayers, "straight-through", null, { draws: 200_000, margin: 0.02 });
  const whole = check(twoLayers, "straight-through", null, { draws: 200_000, margin: 0.02, until: "whole" });
  assert.equal(whole.verdict, "biased");
  assert.ok(whole.draws! <= every.draws!);
  assert.ok(every.draws! < 200_000);
});

test("the same seed gives the same answer", () => {
  const [first, second] = [check(twoLayers, "lr", "muprop"), check(twoLayers, "lr", "muprop")];
  assert.deepEqual(
    first.parameters.map(({ mean, interval }) => ({ mean, interval })),
    second.parameters.map(({ mean, interval }) => ({ mean, interval })),
  );
});

test("as many tensors live after a check as before", () => {
  check(twoLayers, "lr", "muprop", { draws: 500 });
  const before = tf.memory().numTensors;
  check(twoLayers, "lr", "muprop", { draws: 500 });
  assert.equal(tf.memory().numTensors, before);
});
