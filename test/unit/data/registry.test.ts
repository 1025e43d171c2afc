import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { findDataFile, resolveDataFolder } from "../../../core/data/files";
import { dataset, datasets } from "../../../core/data/registry";
import { matFile } from "./matFile";
import { idxBytes, sentence, withFolder } from "./support";

test("ids are unique kebab-case and the first set needs no files", () => {
  const ids = datasets.map((description) => description.id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => /^[a-z]+(-[a-z]+)*$/.test(id)));
  assert.deepEqual(datasets[0]?.needsFiles, []);
});

test("an unknown id is told with the known ones", () => {
  assert.throws(() => dataset("mnits"), sentence("GL2001", "mnits", "digits", "binarized-mnist", "wdbc"));
});

test("the data folder is the explicit one, else the environment's, else none", () => {
  const kept = process.env["GRADLENS_DATA"];
  try {
    process.env["GRADLENS_DATA"] = "/from/environment";
    assert.equal(resolveDataFolder("/explicit"), "/explicit");
    assert.equal(resolveDataFolder(null), "/from/environment");
    assert.equal(resolveDataFolder(""), "/from/environment");
    delete process.env["GRADLENS_DATA"];
    assert.equal(resolveDataFolder(), null);
  } finally {
    if (kept !== undefined) process.env["GRADLENS_DATA"] = kept;
  }
});

for (const description of datasets.filter(({ needsFiles }) => needsFiles.length > 0)) {
  test(`${description.id} without a folder, with a wrong one and with an empty one gives a sentence`, () =>
    withFolder(async (folder) => {
      const load = (at: string | null) => description.load({ folder: at, seed: 1 });
      await assert.rejects(load(null), sentence("GL2002", description.id, "GRADLENS_DATA"));
      await assert.rejects(load(join(folder, "none")), sentence("GL2003", join(folder, "none")));
      const name = description.needsFiles[0]?.split("/").pop() ?? "";
      await assert.rejects(load(folder), sentence("GL2004", description.id, name, folder));
    }));
}

test("a file is found in the set's subfolder before the folder itself", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "a"), "");
    assert.equal(findDataFile("mnist", folder, ["mnist", ""], ["a.gz", "a"]), join(folder, "a"));
    await mkdir(join(folder, "mnist"));
    await writeFile(join(folder, "mnist", "a"), "");
    assert.equal(findDataFile("mnist", folder, ["mnist", ""], ["a.gz", "a"]), join(folder, "mnist", "a"));
  }));

async function writeMnist(folder: string, size: number, labelCount = size, side = 28, label = 3): Promise<void> {
  const images = idxBytes([size, side, side], new Uint8Array(size * side * side).fill(51));
  const labels = idxBytes([labelCount], new Uint8Array(labelCount).fill(label));
  await writeFile(join(folder, "train-images-idx3-ubyte.gz"), gzipSync(images));
  await writeFile(join(folder, "train-labels-idx1-ubyte"), labels);
  await writeFile(join(folder, "t10k-images-idx3-ubyte"), images);
  await writeFile(join(folder, "t10k-labels-idx1-ubyte.gz"), gzipSync(labels));
}

test("MNIST files directly in the folder, zipped or not, become grey values and one-hot labels", () =>
  withFolder(async (folder) => {
    await writeMnist(folder, 12);
    const { train, valid, test: held } = await dataset("mnist").load({ folder, seed: 1 });
    assert.deepEqual([train.size, valid?.size, held.size], [10, 2, 12]);
    assert.ok(Math.abs((train.inputs["x"]?.values[0] ?? 0) - 0.2) < 1e-7);
    assert.deepEqual([...(held.inputs["label"]?.values.subarray(0, 10) ?? [])], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  }));

test("MNIST files that do not belong together are told", () =>
  withFolder(async (folder) => {
    const load = () => dataset("mnist").load({ folder, seed: 1 });
    await writeMnist(folder, 6, 5);
    await assert.rejects(load(), sentence("GL2015", "train-labels", "expected 6", "found 5"));
    await writeMnist(folder, 6, 6, 27);
    await assert.rejects(load(), sentence("GL2014", "train-images", "[6, 27, 27]"));
    await writeMnist(folder, 6, 6, 28, 10);
    await assert.rejects(load(), sentence("GL2016", "found 10 at position 0"));
  }));

test("binarized MNIST of a wrong shape or with grey values is told", () =>
  withFolder(async (folder) => {
    const load = () => dataset("binarized-mnist").load({ folder, seed: 1 });
    const write = async (shape: number[], value: number) => {
      const values = new Array<number>(shape[0]! * shape[1]!).fill(value);
      for (const part of ["train", "valid", "test"]) {
        const file = matFile([{ name: "X", shape, values, kind: 9, storage: 2 }]);
        await writeFile(join(folder, `binarized_mnist_${part}.mat`), file);
      }
    };
    await write([2, 784], 1);
    assert.equal((await load()).train.size, 2);
    await write([784, 2], 1);
    await assert.rejects(load(), sentence("GL2026", "[n, 784]", "[784, 2]"));
    await write([2, 784], 7);
    await assert.rejects(load(), sentence("GL2027", "found 7 in row 1"));
  }));

test("Omniglot of a wrong layout or scale is told", () =>
  withFolder(async (folder) => {
    const load = () => dataset("omniglot").load({ folder, seed: 1 });
    const write = async (shape: number[], value: number) => {
      const values = new Array<number>(shape[0]! * shape[1]!).fill(value);
      const variable = { shape, values, kind: 7, storage: 7 };
      const file = matFile([
        { name: "data", ...variable },
        { name: "testdata", ...variable },
      ]);
      await writeFile(join(folder, "chardata.mat"), file);
    };
    await write([784, 3], 0.5);
    const loaded = await load();
    assert.deepEqual([loaded.train.size, loaded.valid, loaded.binarization], [3, null, "stochastic"]);
    await write([3, 784], 0.5);
    await assert.rejects(load(), sentence("GL2026", "data", "[3, 784]"));
    await write([784, 3], 255);
    await assert.rejects(load(), sentence("GL2027", "255 in column 1"));
  }));

test("WDBC with a wrong diagnosis or an empty feature is told", () =>
  withFolder(async (folder) => {
    const load = () => dataset("wdbc").load({ folder, seed: 1 });
    const row = (diagnosis: string, value: string) => `1,${diagnosis},${new Array(30).fill(value).join(",")}\n`;
    await writeFile(join(folder, "wdbc.data"), row("M", "1") + row("X", "2"));
    await assert.rejects(load(), sentence("GL2033", "row 2", '"X"'));
    await writeFile(join(folder, "wdbc.data"), row("M", "1") + row("B", ""));
    await assert.rejects(load(), sentence("GL2032", "row 2, column 3"));
    await writeFile(join(folder, "wdbc.data"), "1,M,3\n");
    await assert.rejects(load(), sentence("GL2030", "wdbc.data:1", "expected 32", "found 3"));
  }));
