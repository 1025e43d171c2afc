import assert from "node:assert/strict";
import { test } from "node:test";
import { decimate, lowerBound } from "../../../core/charts/decimate";
import { indexAt } from "../../../webview/charts/indexAt";

const steps = Float64Array.from({ length: 10_000 }, (_, index) => index);
const values = steps.map((step) => Math.sin(step / 50));
values[4321] = 99;
values[7777] = -99;

test("a long line keeps its spikes and loses what no pixel shows", () => {
  const kept = decimate(steps, values, [0, 9999], 400);
  assert.ok(kept.length <= 400 * 4 + 8, `${kept.length} points`);
  assert.ok(kept.includes(4321) && kept.includes(7777));
  assert.deepEqual(
    kept,
    [...kept].sort((a, b) => a - b),
  );
  assert.equal(kept[0], 0);
  assert.equal(kept.at(-1), 9999);
});

test("a part is drawn whole, with one point outside on either side", () => {
  const kept = decimate(steps, values, [100, 110], 400);
  assert.deepEqual(
    kept,
    Array.from({ length: 13 }, (_, index) => 99 + index),
  );
});

test("unknown values stay as gaps", () => {
  const holes = values.map((value, index) => (index >= 2000 && index < 2100 ? NaN : value));
  assert.ok(decimate(steps, holes, [0, 9999], 400).some((index) => Number.isNaN(holes[index])));
});

test("nothing and one point are no trouble", () => {
  assert.deepEqual(decimate([], [], [0, 1], 10), []);
  assert.deepEqual(decimate([5], [1], [0, 10], 10), [0]);
});

test("the nearest point to a step is found, the last one without a step", () => {
  assert.equal(lowerBound([1, 3, 5], 4), 2);
  assert.equal(indexAt([1, 3, 9], 5), 1);
  assert.equal(indexAt([1, 3, 9], 7), 2);
  assert.equal(indexAt([1, 3, 9], null), 2);
  assert.equal(indexAt([], 4), -1);
});
