import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { bernoulli, cost, defineModel, parameter, sample } from "../../../core/index";
import {
  type Bench,
  eightPatterns,
  exactVariances,
  makeBench,
  measure,
  smallBeliefNet,
  total,
  twoLayers,
} from "./support";

/** Repetitions: a true coverage of 95 % falls below 91 % less than once in 400 such tests. */
const REPETITIONS = 300;
const LEAST = 0.91;

before(() => useBackend("cpu"));

/** Share of repetitions in which each parameter's interval holds the truth, among those that have an interval. */
function coverage(
  bench: Bench,
  truth: ReadonlyMap<string, number>,
  run: (seed: number) => ReturnType<typeof measure>,
): Map<string, { covered: number; known: number }> {
  const inside = new Map([...truth.keys()].map((name) => [name, 0]));
  const known = new Map([...truth.keys()].map((name) => [name, 0]));
  for (let seed = 0; seed < REPETITIONS; seed++) {
    for (const { name, interval } of run(seed)) {
      if (!interval) continue;
      const expected = truth.get(name)!;
      known.set(name, known.get(name)! + 1);
      if (interval[0] <= expected && expected <= interval[1]) inside.set(name, inside.get(name)! + 1);
    }
  }
  return new Map(
    [...truth.keys()].map((name) => [
      name,
      { covered: inside.get(name)! / Math.max(1, known.get(name)!), known: known.get(name)! / REPETITIONS },
    ]),
  );
}

function sums(bench: Bench): Map<string, number> {
  return new Map([...exactVariances(bench)].map(([name, values]) => [name, total(values)]));
}

for (const estimator of ["lr", "muprop", "straight-through"]) {
  for (const draws of [32, 100]) {
    test(`from ${draws} draws the variance interval of ${estimator} on two layers covers the enumerated variance`, () => {
      const bench = makeBench(twoLayers, estimator);
      for (const [name, { covered }] of coverage(bench, sums(bench), (seed) => measure(bench, { draws, seed }))) {
        assert.ok(covered >= LEAST, `${name}: covered ${covered}`);
      }
      bench.dispose();
    });
  }
}

/** A cost that is large in one of 32 states: most draws see nothing. */
const rareState = defineModel("rare-state", () => {
  const theta = parameter("theta", [-1.2, -1.2, 0.5]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      cost("f", tf.exp(tf.mul(4, tf.prod(b, -1))));
    },
  };
});

test("where one state in seventy carries the cost, the variance interval from 100 draws covers too", () => {
  const bench = makeBench(rareState, "lr");
  for (const [name, { covered }] of coverage(bench, sums(bench), (seed) => measure(bench, { draws: 100, seed }))) {
    assert.ok(covered >= 0.85, `${name}: covered ${covered}`);
  }
  bench.dispose();
});

for (const estimator of ["lr", "muprop"]) {
  test(`from 16 examples drawn twice, as while training, the variance interval of ${estimator} covers the population's`, () => {
    // The population: 400 examples of bits that are on with different shares. Its variance comes from enumeration.
    const values = Float32Array.from({ length: 1200 }, (_, i) =>
      Number(
        Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453) < 0.2 + 0.25 * (i % 3),
      ),
    );
    const population = { x: tf.tensor(values, [1, 400, 3]) };
    const bench = makeBench(smallBeliefNet, estimator, { data: population });
    // exactVariances is of a batch of 400; one of 16 has 25 times that.
    const truth = new Map([...sums(bench)].map(([name, value]) => [name, value * 25]));
    const rates = coverage(bench, truth, (seed) => {
      const rows = Array.from({ length: 16 }, (_, i) => (seed * 97 + i * 25 + ((seed * 31 + i * 7) % 25)) % 400);
      const data = { x: tf.gather(population.x, tf.tensor1d(rows, "int32"), 1) };
      const measured = measure(bench, { draws: 2, seed, data });
      tf.dispose(Object.values(data));
      return measured;
    });
    for (const [name, { covered }] of rates) assert.ok(covered >= LEAST, `${name}: covered ${covered}`);
    bench.dispose();
    population.x.dispose();
  });
}

for (const draws of [8, 20, 64]) {
  test(`from eight examples drawn ${draws} times each, the variance interval covers the enumerated variance`, () => {
    const data = { x: eightPatterns() };
    const bench = makeBench(smallBeliefNet, "lr", { data });
    for (const [name, { covered, known }] of coverage(bench, sums(bench), (seed) => measure(bench, { draws, seed }))) {
      assert.ok(covered >= LEAST, `${name}: covered ${covered}`);
      assert.equal(known, 1, name);
    }
    bench.dispose();
    data.x.dispose();
  });
}
