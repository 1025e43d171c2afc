import assert from "node:assert/strict";
import { test } from "node:test";

import { batchAt, batchesPerEpoch, gather, sequentialBatches } from "../../../core/data/batches";
import { makeSplit } from "../../../core/data/split";
import { sentence } from "./support";

const split = makeSplit(23, {
  x: { shape: [2], values: Float32Array.from({ length: 46 }, (_, index) => index) },
  y: { shape: [], values: Float32Array.from({ length: 23 }, (_, index) => -index) },
});

test("an epoch whose size the batch divides visits every example exactly once", () => {
  const even = makeSplit(20, { y: { shape: [1], values: new Float32Array(20) } });
  for (const epoch of [0, 1, 7]) {
    const seen = [0, 1, 2, 3].flatMap((batch) => [...batchAt(even, 5, 3, 4 * epoch + batch).indices]);
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      [...Array(20).keys()],
    );
  }
});

test("an epoch with a remainder visits no example twice and leaves out others each time", () => {
  const left = new Set<number>();
  for (let epoch = 0; epoch < 60; epoch++) {
    const seen = new Set([0, 1, 2, 3].flatMap((batch) => [...batchAt(split, 5, 3, 4 * epoch + batch).indices]));
    assert.equal(seen.size, 20);
    [...Array(23).keys()].filter((example) => !seen.has(example)).forEach((example) => left.add(example));
  }
  assert.equal(left.size, 23);
});

test("the batch of a step is the same whatever was asked before", () => {
  const first = batchAt(split, 5, 11, 13);
  batchAt(split, 5, 11, 0);
  batchAt(split, 5, 12, 13);
  const again = batchAt({ ...split }, 5, 11, 13);
  assert.deepEqual(again.indices, first.indices);
  assert.deepEqual(again.inputs, first.inputs);
  assert.equal(first.epoch, 3);
  assert.equal(first.step, 13);
  assert.notDeepEqual(batchAt(split, 5, 12, 13).indices, first.indices);
  assert.notDeepEqual(batchAt(split, 5, 11, 17).indices, first.indices);
});

test("shuffles are uniform: each example lands in each place equally often (chi-squared, false alarm below 1e-6)", () => {
  const five = makeSplit(5, { y: { shape: [], values: new Float32Array(5) } });
  const counts = new Float64Array(25);
  const epochs = 20_000;
  for (let epoch = 0; epoch < epochs; epoch++) {
    batchAt(five, 5, 1, epoch).indices.forEach((example, place) => counts[example * 5 + place]!++);
  }
  const expected = epochs / 5;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.ok(chiSquared < 60, `chi-squared ${chiSquared} with 16 degrees of freedom`);
});

test("a batch holds copies with a leading axis of examples", () => {
  const batch = batchAt(split, 5, 1, 0);
  assert.deepEqual(batch.inputs["x"]?.shape, [5, 2]);
  assert.deepEqual(batch.inputs["y"]?.shape, [5]);
  batch.indices.forEach((example, row) => {
    assert.equal(batch.inputs["x"]?.values[2 * row + 1], 2 * example + 1);
    assert.equal(batch.inputs["y"]?.values[row], -example);
  });
  batch.inputs["x"]?.values.fill(99);
  assert.equal(split.inputs["x"]?.values.includes(99), false);
});

test("sequential batches cover the split in order, the last one smaller", () => {
  const batches = [...sequentialBatches(split, 10)];
  assert.deepEqual(
    batches.map((batch) => batch.size),
    [10, 10, 3],
  );
  assert.deepEqual(
    batches.flatMap((batch) => [...batch.indices]),
    [...Array(23).keys()],
  );
});

test("batch sizes that cannot work are refused", () => {
  assert.equal(batchesPerEpoch(split, 23), 1);
  assert.throws(() => batchesPerEpoch(split, 24), sentence("GL2041", "24", "23"));
  for (const size of [0, -1, 2.5, Number.NaN]) {
    assert.throws(() => batchAt(split, size, 1, 0), sentence("GL2040", String(size)));
  }
  assert.throws(() => gather(split, Uint32Array.of(23)), sentence("GL2042", "23"));
});
