import assert from "node:assert/strict";
import { test } from "node:test";

import { gather } from "../../../core/data/batches";
import { binarizationStream, binarize, binarizeBatch } from "../../../core/data/binarize";
import { makeSplit } from "../../../core/data/split";

test("a pixel becomes 1 exactly where its uniform number is below its grey value", () => {
  const uniforms = [0.2, 0.2, 0, 0.999999, 0.5];
  const bits = binarize(Float32Array.of(0.3, 0.1, 0, 1, 0.5), (index) => uniforms[index] as number);
  assert.deepEqual([...bits], [1, 0, 0, 1, 0]);
});

test("the draw is the same for one seed and step and another for the next", () => {
  const grey = new Float32Array(1000).fill(0.5);
  const bits = binarize(grey, binarizationStream(1, 5));
  assert.deepEqual(binarize(grey, binarizationStream(1, 5)), bits);
  assert.notDeepEqual(binarize(grey, binarizationStream(1, 6)), bits);
  assert.notDeepEqual(binarize(grey, binarizationStream(2, 5)), bits);
});

test("the mean of many draws is the grey value (5 standard errors, false alarm below 1e-6)", () => {
  const grey = Float32Array.of(0.02, 0.3, 0.5, 0.97);
  const draws = 20_000;
  const sums = new Float64Array(4);
  for (let step = 0; step < draws; step++) {
    binarize(grey, binarizationStream(7, step)).forEach((bit, index) => (sums[index]! += bit));
  }
  grey.forEach((p, index) => {
    assert.ok(Math.abs(sums[index]! / draws - p) < 5 * Math.sqrt((p * (1 - p)) / draws), `pixel ${index}`);
  });
});

test("a batch has x binarised when the data set asks for it and nothing else touched", () => {
  const split = makeSplit(2, {
    x: { shape: [2], values: Float32Array.of(0.5, 0.5, 0.5, 0.5) },
    label: { shape: [1], values: Float32Array.of(0.25, 0.75) },
  });
  const batch = gather(split, Uint32Array.of(1, 0));
  const drawn = binarizeBatch(batch, "stochastic", (index) => (index % 2 === 0 ? 0.1 : 0.9));
  assert.deepEqual([...(drawn.inputs["x"]?.values ?? [])], [1, 0, 1, 0]);
  assert.deepEqual([...(drawn.inputs["label"]?.values ?? [])], [0.75, 0.25]);
  assert.equal(
    binarizeBatch(batch, "none", () => 0),
    batch,
  );
});
