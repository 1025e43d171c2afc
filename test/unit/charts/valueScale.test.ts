import assert from "node:assert/strict";
import { test } from "node:test";
import { logTicks, valueExtent, valueScale } from "../../../core/charts/valueScale";

const series = [
  {
    id: "a",
    title: "a",
    look: 0,
    describe: () => "",
    steps: [0, 1, 2, 3],
    values: [1, -4, NaN, 90],
    low: [0.5, -5, NaN, 80],
  },
];

test("the value axis covers what is visible, bands too, and nothing else", () => {
  assert.deepEqual(valueExtent(series, [0, 1], false), [-5, 1]);
  assert.deepEqual(valueExtent(series, [0, 3], false), [-5, 90]);
});

test("a log axis leaves out what is not positive", () => {
  assert.deepEqual(valueExtent(series, [0, 3], true), [0.5, 90]);
  assert.equal(valueExtent([{ ...series[0]!, values: [-1, -1, -1, -1], low: [-2, -2, -2, -2] }], [0, 3], true), null);
});

test("a single value and no value get an axis", () => {
  for (const extent of [[5, 5], [0, 0], null] as const) {
    const [low, high] = valueScale(extent, false, [100, 0]).domain();
    assert.ok(low! < high!);
  }
});

test("log ticks are round and few", () => {
  assert.deepEqual(logTicks([0.5, 3000], 5), [1, 10, 100, 1000]);
  assert.deepEqual(logTicks([1e-9, 1e3], 4).length <= 4, true);
  assert.deepEqual(logTicks([0.05, 0.2], 4), [0.05, 0.1, 0.2]);
  assert.deepEqual(logTicks([90, 110], 4), [90, 95, 100, 105, 110]);
});
