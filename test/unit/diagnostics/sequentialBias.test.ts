import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import type { BiasReport, Verdict } from "../../../core/diagnostics/bias";
import { biasByEnumeration } from "../../../core/diagnostics/biasByEnumeration";
import { sequentialBias } from "../../../core/diagnostics/sequentialBias";
import { bernoulli, cost, defineModel, parameter, sample, tf } from "../../../core/index";
import { type Bench, makeBench, resultOf, twoLayers } from "./support";

before(() => useBackend("cpu"));

const REPETITIONS = 60;

/** One bit under a quadratic cost around `target`: straight-through's bias grows with the distance of p from ½. */
const oneBit = (logit: number, target: number) =>
  defineModel("one-bit", () => {
    const theta = parameter("theta", [logit]);
    return {
      program() {
        const b = sample("b", bernoulli({ logits: theta }));
        cost("f", tf.sum(tf.square(tf.sub(b, target)), -1));
      },
    };
  });

function verdicts(bench: Bench, draws: number, repetitions = REPETITIONS): Record<Verdict, number> {
  const counts = { biased: 0, unbiased: 0, undecided: 0 };
  for (let seed = 0; seed < repetitions; seed++) {
    const { verdict } = resultOf<BiasReport>(
      sequentialBias({ ...bench, reference: null, draws, margin: 0.05, seed, step: 0, alpha: 0.05 }),
    );
    counts[verdict]++;
  }
  return counts;
}

for (const estimator of ["lr", "muprop", "lr-c"]) {
  for (const draws of [200, 1000]) {
    test(`${estimator} on one bit is called biased in at most 3 of 60 checks from ${draws} draws`, () => {
      const bench = makeBench(oneBit(-0.8, 0.45), estimator);
      assert.ok(verdicts(bench, draws).biased <= 3);
      bench.dispose();
    });
  }
}

for (const [logit, target] of [
  [0.1, 0.3],
  [-0.25, 0.2],
  [-0.8, 0.45],
  [1.5, 0.45],
] as const) {
  test(`straight-through at p = σ(${logit}), target ${target}, is called unbiased in at most 3 of 60 checks, whatever the draws`, () => {
    const bench = makeBench(oneBit(logit, target), "straight-through");
    const exact = resultOf<BiasReport>(biasByEnumeration(bench, bench.estimators, bench.specs, 0.05));
    assert.ok(exact.parameters[0]!.relativeBias! > 0.05);
    for (const draws of [50, 400]) assert.ok(verdicts(bench, draws).unbiased <= 3, `${draws} draws`);
    bench.dispose();
  });
}

test("the sampled relative bias and its interval agree with the enumerated ones on two layers", () => {
  const bench = makeBench(twoLayers, "straight-through");
  const exact = resultOf<BiasReport>(biasByEnumeration(bench, bench.estimators, bench.specs, 0.05));
  const sampled = resultOf<BiasReport>(
    sequentialBias({
      ...bench,
      reference: null,
      draws: 4000,
      margin: 0.05,
      seed: 3,
      step: 0,
      alpha: 0.01,
    }),
  );
  exact.parameters.forEach(({ name, relativeBias, bias, variance }, i) => {
    const found = sampled.parameters[i]!;
    assert.ok(found.interval![0] <= relativeBias! && relativeBias! <= found.interval![1], name);
    bias.forEach((value, e) =>
      assert.ok(Math.abs(found.bias[e]! - value) <= 5 * found.standardError[e]! + 1e-6, `${name}[${e}]`),
    );
    variance.forEach((value, e) =>
      assert.ok(
        Math.abs(found.variance[e]! - value) <= 0.5 * value + 1e-6,
        `${name}[${e}]: ${found.variance[e]}, expected ${value}`,
      ),
    );
  });
  assert.equal(sampled.verdict, "biased");
  bench.dispose();
});

test("without enough draws the answer is that it cannot be told yet", () => {
  const bench = makeBench(twoLayers, "lr");
  assert.equal(verdicts(bench, 40, 10).undecided, 10);
  bench.dispose();
});

test("a sampled verdict of unbiased says how rare an event may be that no draw has met", () => {
  const bench = makeBench(oneBit(-0.8, 0.45), "lr");
  const request = { ...bench, reference: null, draws: 20_000, margin: 0.2, seed: 1, step: 0, alpha: 0.05 };
  const { verdict, draws, notes } = resultOf<BiasReport>(sequentialBias(request));
  assert.equal(verdict, "unbiased");
  const once = Number(/less than once in (\d+) draws/.exec(notes.join("; "))?.[1]);
  assert.equal(once, Math.floor(draws! / 3));
  assert.ok((1 - 1 / once) ** draws! < 0.05);
  bench.dispose();
});
