import assert from "node:assert/strict";
import { test } from "node:test";
import { noMoreInversions } from "../../../core/diagnostics/noMoreInversions";
import { VarianceTrend } from "../../../core/diagnostics/varianceTrend";
import { uniformStream } from "../../../core/data/random";

const uniformNumbers = (seed: number): (() => number) => {
  const stream = uniformStream(seed);
  let index = 0;
  return () => stream(index++);
};

const permutations = (items: readonly number[]): readonly (readonly number[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));

test("the distribution of inversions is that of all permutations", () => {
  for (const n of [2, 3, 5, 6]) {
    const all = permutations(Array.from({ length: n }, (_, i) => i));
    const counts = all.map((order) =>
      order.reduce((sum, a, i) => sum + order.slice(i + 1).filter((b) => b < a).length, 0),
    );
    for (let k = 0; k <= (n * (n - 1)) / 2; k++) {
      const expected = counts.filter((count) => count <= k).length / all.length;
      assert.ok(Math.abs(noMoreInversions(n, k) - expected) < 1e-12, `n = ${n}, k = ${k}`);
    }
  }
});

/** Runs of 4 windows of 32 measurements of 3 parameters; how many were ever told of growth. */
function alarms(runs: number, valueAt: (measurement: number, u: number) => number): number {
  const next = uniformNumbers(7);
  let told = 0;
  for (let run = 0; run < runs; run++) {
    const trend = new VarianceTrend();
    let heard = false;
    for (let i = 0; i < 4 * 32; i++) {
      trend.add(i, new Map(["a", "b", "c"].map((name) => [name, valueAt(i, next())])));
      heard ||= trend.growing.length > 0;
    }
    if (heard) told++;
  }
  return told;
}

test("variances that do not grow are called growing in at most one run of a hundred", () => {
  // Log-normal-like with heavy tails. At a rate of 1 %, more than 32 of 2000 have a probability below 0.7 %; the levels that are spent
  // on later windows and the least factor make the true rate lower.
  assert.ok(alarms(2000, (_, u) => Math.exp(3 * u) / (1.001 - u)) <= 32);
  assert.ok(alarms(500, (i, u) => Math.exp(u - i / 40)) <= 12);
});

test("a variance that doubles within a window is found, and its factor", () => {
  const trend = new VarianceTrend();
  const next = uniformNumbers(3);
  for (let i = 0; i < 32; i++)
    trend.add(
      i * 10,
      new Map([
        ["grows", 2 ** (i / 31) * (1 + 0.2 * next())],
        ["stays", 1 + 0.2 * next()],
      ]),
    );
  const [only, ...others] = trend.growing;
  assert.equal(others.length, 0);
  assert.equal(only!.parameter, "grows");
  assert.deepEqual([only!.fromStep, only!.toStep], [0, 310]);
  assert.ok(only!.factor > 1.5 && only!.factor < 2);
});

test("measurements of another estimator are not held against each other", () => {
  const trend = new VarianceTrend();
  for (let i = 0; i < 31; i++) trend.add(i, new Map([["a", i + 1]]));
  trend.clear();
  for (let i = 0; i < 31; i++) trend.add(100 + i, new Map([["a", 100 + i]]));
  assert.deepEqual(trend.growing, []);
});

test("equal values and unknown ones are no growth", () => {
  const trend = new VarianceTrend();
  for (let i = 0; i < 32; i++)
    trend.add(
      i,
      new Map([
        ["zero", 0],
        ["unknown", i % 2 === 0 ? null : i],
      ]),
    );
  assert.deepEqual(trend.growing, []);
});
