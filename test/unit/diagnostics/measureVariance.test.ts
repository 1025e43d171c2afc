import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { bernoulli, cost, defineModel, parameter, sample } from "../../../core/index";
import { exactGradient } from "../../../core/diagnostics/exactGradient";
import {
  type Bench,
  eightPatterns,
  exactVariances,
  makeBench,
  measure,
  mixedKinds,
  smallBeliefNet,
  total,
  twoLayers,
  withWideTensor,
} from "./support";

const benches: Bench[] = [];
const bench = (...args: Parameters<typeof makeBench>): Bench => {
  const made = makeBench(...args);
  benches.push(made);
  return made;
};

before(() => useBackend("cpu"));
afterEach(() => {
  for (const made of benches.splice(0)) made.dispose();
});

for (const [name, definition, withData] of [
  ["two layers", twoLayers, false],
  ["a categorical and a Bernoulli node", mixedKinds, false],
  ["a belief net on eight examples", smallBeliefNet, true],
] as const) {
  for (const estimator of ["lr", "muprop", "straight-through"]) {
    test(`the measured variance of ${estimator} on ${name} is the enumerated one, tensor by tensor and element by element`, () => {
      const data = withData ? { x: eightPatterns() } : {};
      const made = bench(definition, estimator, { data });
      const exact = exactVariances(made);
      for (const { name: parameter, monteCarlo, interval, elements } of measure(made, { draws: 2000, seed: 11 })) {
        const expected = exact.get(parameter)!;
        const sum = total(expected);
        if (sum < 1e-12) {
          assert.ok(monteCarlo! < 1e-12, `${parameter}: ${monteCarlo}`);
          continue;
        }
        // The interval has 95 %: twice its reach is left by chance less often than once in 10 000 tensors.
        assert.ok(interval, `${parameter} has no interval`);
        assert.ok(
          sum > interval[0] - (monteCarlo! - interval[0]) && sum < interval[1] + (interval[1] - monteCarlo!),
          `${parameter}: ${sum} is far from [${interval.join(", ")}]`,
        );
        assert.ok(Math.abs(total(elements!.monteCarlo) - monteCarlo!) < 1e-6 * sum);
        elements!.monteCarlo.forEach((value, e) =>
          assert.ok(
            Math.abs(value - expected[e]!) < 0.25 * Math.max(expected[e]!, sum / expected.length),
            `${parameter}[${e}]: ${value}, expected ${expected[e]}`,
          ),
        );
      }
      tf.dispose(Object.values(data));
    });
  }
}

test("inner products of rows and the rows themselves give the same variance, data part and ratio", () => {
  const x = eightPatterns();
  const rows = measure(bench(smallBeliefNet, "lr", { data: { x } }), { draws: 2, seed: 2 });
  // A tensor too large to be measured by its rows switches the others to inner products.
  const products = measure(bench(withWideTensor, "lr", { data: { x } }), { draws: 2, seed: 2 });
  for (const { name, monteCarlo, data, snr } of rows) {
    const other = products.find((candidate) => candidate.name === name)!;
    for (const [a, b] of [
      [monteCarlo, other.monteCarlo],
      [data, other.data],
      [snr, other.snr],
    ] as const) {
      assert.ok(Math.abs(a! - b!) <= 1e-4 * Math.abs(a!) + 1e-7, `${name}: ${a} and ${b}`);
    }
  }
  x.dispose();
});

test("data variance is the variance between examples' mean gradients, without the noise in them", () => {
  const x = eightPatterns();
  const made = bench(smallBeliefNet, "lr", { data: { x } });
  // Brute force: the exact gradient of each example alone, its variance over the eight, over the batch size.
  const singles = Array.from({ length: 8 }, (_, b) => {
    const one = tf.slice(x, [0, b], [1, 1]);
    const alone = bench(smallBeliefNet, "enumeration", { data: { x: one } });
    const gradients = exactOf(alone);
    one.dispose();
    return gradients;
  });
  // Averaged over seeds the estimate has no bias; its own spread over seeds says how far the average may be off.
  const seeds = 60;
  const sums = new Map<string, number[]>();
  for (let seed = 0; seed < seeds; seed++) {
    for (const { name, monteCarlo, data, total: whole, elements } of measure(made, { draws: 20, seed })) {
      // Also where the draws do not tell it from 0, and it is unknown by itself.
      const part = whole! - monteCarlo!;
      assert.ok(Math.abs(total(elements!.data) - (data ?? part)) <= 1e-9 + 1e-6 * part);
      sums.set(name, [...(sums.get(name) ?? []), part]);
    }
  }
  for (const [name, values] of sums) {
    const rows = singles.map((gradients) => gradients.get(name)!);
    let expected = 0;
    for (let e = 0; e < rows[0]!.length; e++) {
      const mean = total(rows.map((row) => row[e]!)) / 8;
      expected += total(rows.map((row) => (row[e]! - mean) ** 2)) / 7 / 8;
    }
    const mean = total(values) / seeds;
    const error = Math.sqrt(total(values.map((value) => (value - mean) ** 2)) / (seeds - 1) / seeds);
    assert.ok(Math.abs(mean - expected) < 4 * error + 1e-6, `${name}: ${mean} ± ${error}, expected ${expected}`);
  }
  x.dispose();
});

test("rows that differ in nothing but noise have no data variance, and their mean is over the batch", () => {
  const made = bench(twoLayers, "lr");
  const one = measure(made, { draws: 200, seed: 5, batchSize: 1 });
  const ten = measure(made, { draws: 200, seed: 5, batchSize: 10 });
  one.forEach(({ monteCarlo, data, total: sum }, i) => {
    assert.equal(data, 0);
    assert.equal(sum, monteCarlo);
    assert.ok(Math.abs(ten[i]!.monteCarlo! * 10 - monteCarlo!) < 1e-6 * monteCarlo!);
  });
});

test("the signal-to-noise ratio is the norm of the mean over the root of the total variance", () => {
  const made = bench(twoLayers, "muprop");
  const exact = exactOf(made);
  const variances = exactVariances(made);
  for (const { name, snr } of measure(made, { draws: 4000, seed: 1 })) {
    const norm = Math.sqrt(total(exact.get(name)!.map((value) => value ** 2)));
    const expected = norm / Math.sqrt(total(variances.get(name)!));
    assert.ok(Math.abs(snr! - expected) < 0.12 * expected, `${name}: ${snr}, expected ${expected}`);
  }
});

test("fewer than eight pairs have a variance and no interval", () => {
  const made = bench(twoLayers, "lr");
  for (const { monteCarlo, interval } of measure(made, { draws: 8 })) {
    assert.ok(monteCarlo !== null);
    assert.equal(interval, null);
  }
});

test("measuring leaves no tensor behind", () => {
  const made = bench(smallBeliefNet, "lr", { data: { x: eightPatterns() } });
  measure(made, { draws: 8 });
  const before = tf.memory().numTensors;
  measure(made, { draws: 8 });
  assert.equal(tf.memory().numTensors, before);
  tf.dispose(Object.values(made.data));
});

function exactOf(made: Bench): Map<string, readonly number[]> {
  return new Map([...exactGradient(made).gradients].map(([name, values]) => [name, [...values]]));
}

for (const [way, units] of [
  ["rows", 40],
  ["inner products", 5000],
] as const) {
  test(`a ratio is unknown, never 0, where the draws do not tell the mean from 0: ${way}`, () => {
    // The cost is the same for every state: the gradient is 0, its estimates are not.
    const flat = defineModel("flat", () => {
      const theta = parameter("theta", tf.zeros([units]));
      return {
        program() {
          const h = sample("h", bernoulli({ logits: theta }));
          cost("f", tf.add(3, tf.mul(0, tf.sum(h, -1))));
        },
      };
    });
    const made = bench(flat, "lr");
    const ratios = Array.from({ length: 40 }, (_, seed) => measure(made, { draws: 4, seed })[0]!);
    assert.ok(ratios.every(({ monteCarlo }) => monteCarlo! > 0));
    assert.ok(ratios.every(({ snr }) => snr === null || snr > 0));
    // An estimate without bias lies on either side of 0: fewer than 5 of 40 below happen once in 10^6.
    assert.ok(ratios.filter(({ snr }) => snr === null).length >= 5);
  });
}
