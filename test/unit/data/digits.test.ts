import assert from "node:assert/strict";
import { test } from "node:test";

import type { Dataset, Split } from "../../../core/data/dataset";
import { dataset } from "../../../core/data/registry";
import { sentence } from "./support";

const load = (id: string, seed: number, limit?: number): Promise<Dataset> =>
  dataset(id).load({ folder: null, seed, ...(limit === undefined ? {} : { limit }) });

function labels(split: Split): number[] {
  const values = split.inputs["label"]?.values ?? new Float32Array();
  return Array.from({ length: split.size }, (_, row) => values.subarray(10 * row, 10 * row + 10).indexOf(1));
}

function images(split: Split): Float32Array {
  return split.inputs["x"]?.values ?? new Float32Array();
}

test("the digits have their published sizes, balanced classes and grey values in [0, 1]", async () => {
  const { train, valid, test: held } = await load("digits", 1);
  assert.deepEqual([train.size, valid?.size, held.size], [10_000, 1_000, 2_000]);
  for (const split of [train, held]) {
    const counts = new Array<number>(10).fill(0);
    labels(split).forEach((label) => counts[label]!++);
    assert.deepEqual([...split.labels!], labels(split));
    assert.deepEqual(new Set(counts), new Set([split.size / 10]));
    assert.ok(images(split).every((value) => value >= 0 && value <= 1));
  }
  const ink = images(train).reduce((sum, value) => sum + value, 0) / images(train).length;
  assert.ok(ink > 0.08 && ink < 0.18, `mean grey value ${ink}, MNIST has 0.13`);
});

test("the digits are the same for the same seed and others for another, in every split", async () => {
  const first = await load("digits", 1, 200);
  const again = await load("digits", 1, 200);
  const other = await load("digits", 2, 200);
  assert.deepEqual(again.train, first.train);
  assert.deepEqual(again.test, first.test);
  assert.notDeepEqual(images(other.train), images(first.train));
  assert.notDeepEqual(images(first.valid as Split), images(first.train));
  assert.notDeepEqual(images(first.test), images(first.train));
});

test("a limit gives the first examples of the whole set", async () => {
  const some = await load("digits", 4, 13);
  const more = await load("digits", 4, 25);
  assert.deepEqual([some.train.size, some.valid?.size, some.test.size], [13, 13, 13]);
  assert.deepEqual(images(some.train), images(more.train).slice(0, 13 * 784));
  assert.deepEqual(labels(some.train), labels(more.train).slice(0, 13));
  await assert.rejects(load("digits", 1, 0), sentence("GL2061", "0"));
});

test("no two digits are alike and none touches the frame", async () => {
  const { train } = await load("digits", 5, 2000);
  const x = images(train);
  const seen = new Set<string>();
  let frame = 0;
  for (let row = 0; row < train.size; row++) {
    const image = x.subarray(784 * row, 784 * row + 784);
    seen.add(Buffer.from(Uint8Array.from(image, (value) => 255 * value)).toString("latin1"));
    for (let pixel = 0; pixel < 28; pixel++) {
      frame += image[pixel]! + image[756 + pixel]! + image[28 * pixel]! + image[28 * pixel + 27]!;
    }
  }
  assert.equal(seen.size, train.size);
  assert.ok(frame / train.size < 0.05, `ink on the frame ${frame / train.size}`);
});

test("the nearest class mean recognises most digits, so that the classes are real, but not all", async () => {
  const { train, test: held } = await load("digits", 1, 2000);
  const means = new Float64Array(7840);
  labels(train).forEach((label, row) => {
    for (let pixel = 0; pixel < 784; pixel++) means[784 * label + pixel]! += images(train)[784 * row + pixel]! / 200;
  });
  const right = labels(held).filter((label, row) => {
    const distances = Array.from({ length: 10 }, (_, digit) => {
      let sum = 0;
      for (let pixel = 0; pixel < 784; pixel++) {
        sum += (images(held)[784 * row + pixel]! - means[784 * digit + pixel]!) ** 2;
      }
      return sum;
    });
    return distances.indexOf(Math.min(...distances)) === label;
  }).length;
  const share = right / held.size;
  assert.ok(share > 0.7 && share < 0.99, `recognised ${share}`);
});

test("binarized digits are 0 or 1, x alone, and ink stays where it was", async () => {
  const grey = await load("digits", 3, 300);
  const bits = await load("digits-binarized", 3, 300);
  assert.equal(bits.id, "digits-binarized");
  assert.equal(bits.binarization, "none");
  assert.deepEqual(Object.keys(bits.train.inputs), ["x"]);
  images(bits.train).forEach((bit, index) => {
    const value = images(grey.train)[index] as number;
    assert.ok(bit === 0 ? value < 1 : bit === 1 && value > 0);
  });
  assert.deepEqual((await load("digits-binarized", 3, 300)).train, bits.train);
});

test("top and bottom halves put together are the whole digit", async () => {
  const whole = await load("digits-binarized", 3, 20);
  const halves = await load("digits-top-bottom", 3, 20);
  assert.deepEqual(halves.train.inputs["x"]?.shape, [392]);
  assert.deepEqual(halves.train.inputs["y"]?.image, [28, 14]);
  for (let row = 0; row < 20; row++) {
    const half = (name: string): Float32Array =>
      (halves.train.inputs[name]?.values ?? new Float32Array()).subarray(392 * row, 392 * row + 392);
    assert.deepEqual([...half("x"), ...half("y")], [...images(whole.train).subarray(784 * row, 784 * row + 784)]);
  }
});
