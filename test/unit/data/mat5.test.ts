import assert from "node:assert/strict";
import { test } from "node:test";

import { parseMat5, rowMajor } from "../../../core/data/mat5";
import { matFile, type MatVariable } from "./matFile";
import { sentence } from "./support";

const byte: MatVariable = { name: "X", shape: [2, 3], values: [1, 4, 2, 5, 3, 6], kind: 9, storage: 2 };

const kinds: readonly MatVariable[] = [
  byte,
  { ...byte, name: "double", kind: 6, storage: 9, values: [0.5, -4, 2, 5, 3, 1e9] },
  { ...byte, name: "single", kind: 7, storage: 7, values: [0.25, -4, 2, 5, 3, 6] },
  { ...byte, name: "int32", kind: 12, storage: 5, values: [-70000, 4, 2, 5, 3, 6] },
  { ...byte, name: "doubleAsBytes", kind: 6, storage: 2 },
  { ...byte, name: "s", shape: [1, 2], values: [1, 0], kind: 9, storage: 2 },
];

for (const littleEndian of [true, false]) {
  for (const compressed of [true, false]) {
    test(`every numeric class is read from a ${compressed ? "compressed" : "plain"} ${littleEndian ? "little" : "big"}-endian file`, async () => {
      const found = await parseMat5(
        matFile(kinds, { littleEndian, compressed }),
        "a.mat",
        kinds.map((variable) => variable.name),
      );
      for (const variable of kinds) {
        assert.deepEqual(found[variable.name]?.shape, variable.shape, variable.name);
        assert.deepEqual([...(found[variable.name]?.columnMajor ?? [])], variable.values, variable.name);
      }
    });
  }
}

test("column-major values become row-major, also beyond one tile", async () => {
  const { X } = await parseMat5(matFile([byte]), "a.mat", ["X"]);
  assert.ok(X);
  assert.deepEqual([...rowMajor(X)], [1, 2, 3, 4, 5, 6]);
  const [rows, columns] = [45, 70];
  const values = Float32Array.from({ length: rows * columns }, (_, index) => index);
  const wide = rowMajor({ name: "w", shape: [rows, columns], columnMajor: values });
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      assert.equal(wide[row * columns + column], column * rows + row);
    }
  }
});

test("files of another version are told apart", async () => {
  const version73 = new TextEncoder().encode("MATLAB 7.3 MAT-file".padEnd(512));
  await assert.rejects(parseMat5(version73, "a.mat", ["X"]), sentence("GL2020", "a.mat", "7.3", "-v7"));
  await assert.rejects(parseMat5(new Uint8Array(), "a.mat", ["X"]), sentence("GL2020", "an empty file"));
  await assert.rejects(parseMat5(new Uint8Array(200), "a.mat", ["X"]), sentence("GL2020", "200 bytes", "00 00"));
});

test("a MATLAB file cut short anywhere is told, never misread", async () => {
  for (const compressed of [true, false]) {
    const whole = matFile([byte], { compressed });
    for (let length = 129; length < whole.length; length++) {
      await assert.rejects(
        parseMat5(whole.subarray(0, length), "a.mat", ["X"]),
        sentence("GL2021", "a.mat", "expected"),
      );
    }
    await assert.rejects(parseMat5(whole.subarray(0, 128), "a.mat", ["X"]), sentence("GL2023", "no variables"));
  }
});

test("a damaged compressed variable is told", async () => {
  const bytes = matFile([byte]);
  bytes.fill(0xff, 140, 150);
  await assert.rejects(parseMat5(bytes, "a.mat", ["X"]), sentence("GL2022", "a.mat", "damaged"));
});

test("a missing variable is told with those present", async () => {
  await assert.rejects(parseMat5(matFile([byte]), "a.mat", ["data"]), sentence("GL2023", "variable data", "found X"));
});

test("variables that are not real numeric arrays are refused by class", async () => {
  const cell = matFile([{ ...byte, kind: 1 }]);
  await assert.rejects(parseMat5(cell, "a.mat", ["X"]), sentence("GL2024", "variable X", "cell"));
  const complex = matFile([{ ...byte, kind: 6, complex: true }]);
  await assert.rejects(parseMat5(complex, "a.mat", ["X"]), sentence("GL2024", "complex double"));
});

test("fewer values than the shape says are told", async () => {
  const short = matFile([{ ...byte, shape: [2, 4] }]);
  await assert.rejects(parseMat5(short, "a.mat", ["X"]), sentence("GL2025", "expected 8 values", "[2, 4]", "found 6"));
});
