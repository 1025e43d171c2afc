import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import type { Dataset } from "../../../core/data/dataset";
import { downloadSources } from "../../../core/data/download";
import { findDataFile, readMaybeGzip } from "../../../core/data/files";
import { dataset } from "../../../core/data/registry";
import { needsRealData, realData } from "./support";

const load = (id: string, seed = 1, limit?: number): Promise<Dataset> =>
  dataset(id).load({ folder: realData, seed, ...(limit === undefined ? {} : { limit }) });

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("real MNIST has its sizes, its mean grey value 0.1307 and its class counts", needsRealData, async () => {
  const { train, valid, test: held } = await load("mnist");
  assert.deepEqual([train.size, valid?.size, held.size], [50_000, 10_000, 10_000]);
  const whole = (5 * mean(train.inputs["x"]!.values) + mean(valid!.inputs["x"]!.values)) / 6;
  assert.ok(Math.abs(whole - 0.13066) < 1e-4, `mean ${whole}`);
  const counts = new Array<number>(10).fill(0);
  held.inputs["label"]!.values.forEach((bit, index) => (counts[index % 10]! += bit));
  assert.deepEqual(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

test("real binarized MNIST has its sizes and ink, and reads as digits row by row", needsRealData, async () => {
  const { train, valid, test: held } = await load("binarized-mnist");
  assert.deepEqual([train.size, valid?.size, held.size], [50_000, 10_000, 10_000]);
  const x = train.inputs["x"]!.values;
  assert.ok(Math.abs(mean(x) - 0.1306) < 2e-3, `mean ${mean(x)}`);
  const profile = (stride: number, step: number) =>
    mean(
      Float32Array.from(
        { length: 28 * 500 },
        (_, index) => x[784 * Math.floor(index / 28) + step + stride * (index % 28)]!,
      ),
    );
  assert.ok(profile(1, 0) < 0.01 && profile(28, 0) < 0.01, "the frame is empty");
  assert.ok(profile(1, 14 * 28) > 0.2 && profile(28, 14) > 0.2, "the middle is not");
});

test(
  "MNIST's top and bottom halves are binary, the same for every seed, and follow the grey images",
  needsRealData,
  async () => {
    const grey = (await load("mnist", 1, 300)).train.inputs["x"]!.values;
    const first = await load("mnist-top-bottom", 1, 300);
    const again = await load("mnist-top-bottom", 2, 300);
    assert.deepEqual(again.train, first.train);
    const { x, y } = first.train.inputs;
    for (let index = 0; index < grey.length; index++) {
      const [image, pixel] = [Math.floor(index / 784), index % 784];
      const bit = pixel < 392 ? x!.values[392 * image + pixel] : y!.values[392 * image + pixel - 392];
      assert.ok(bit === 0 ? grey[index]! < 1 : bit === 1 && grey[index]! > 0);
    }
  },
);

test("stochastic MNIST keeps its grey values and says so", needsRealData, async () => {
  const [grey, stochastic] = [await load("mnist", 1, 50), await load("mnist-stochastic", 1, 50)];
  assert.equal(stochastic.binarization, "stochastic");
  assert.deepEqual(stochastic.train, grey.train);
});

test("real Omniglot reads as 784 grey values an image", needsRealData, async () => {
  const { train, test: held } = await load("omniglot");
  assert.ok(train.size > held.size && held.size > 0);
  assert.ok(mean(train.inputs["x"]!.values) > 0.03 && mean(train.inputs["x"]!.values) < 0.2);
});

test("real WDBC is standardised on its training part and split by the seed", needsRealData, async () => {
  const { train, test: held } = await load("wdbc");
  assert.deepEqual([train.size, held.size], [455, 114]);
  const [trainY, heldY] = [train.inputs["y"]!.values, held.inputs["y"]!.values];
  assert.equal(Math.round(455 * mean(trainY) + 114 * mean(heldY)), 212);
  const x = train.inputs["x"]!.values;
  for (let feature = 0; feature < 30; feature++) {
    const column = Float32Array.from({ length: 455 }, (_, row) => x[30 * row + feature]!);
    assert.ok(Math.abs(mean(column)) < 1e-5, `mean of feature ${feature}`);
    assert.ok(Math.abs(mean(column.map((value) => value * value)) - 1) < 1e-4, `variance of feature ${feature}`);
  }
  assert.notDeepEqual((await load("wdbc", 2)).test, held);
});

test("real MNIST files have the checksums that downloads are held to", needsRealData, async () => {
  for (const { path, sha256OfContent } of downloadSources["mnist"]?.files ?? []) {
    const name = path.replace("mnist/", "");
    const found = findDataFile("mnist", realData, ["mnist", ""], [name, name.replace(".gz", "")]);
    assert.equal(
      createHash("sha256")
        .update(await readMaybeGzip(found))
        .digest("hex"),
      sha256OfContent,
      name,
    );
  }
});
