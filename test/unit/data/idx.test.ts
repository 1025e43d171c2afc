import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { parseIdx, readIdx } from "../../../core/data/idx";
import { idxBytes, sentence, withFolder } from "./support";

test("an IDX array keeps its shape and values", () => {
  const array = parseIdx(idxBytes([2, 3], [1, 2, 3, 4, 5, 255]), "a");
  assert.deepEqual(array.shape, [2, 3]);
  assert.deepEqual([...array.values], [1, 2, 3, 4, 5, 255]);
});

test("gzip and raw IDX files read the same", () =>
  withFolder(async (folder) => {
    const bytes = idxBytes([4], [9, 8, 7, 6]);
    await writeFile(join(folder, "raw"), bytes);
    await writeFile(join(folder, "zipped.gz"), gzipSync(bytes));
    assert.deepEqual([...(await readIdx(join(folder, "raw"))).values], [9, 8, 7, 6]);
    assert.deepEqual([...(await readIdx(join(folder, "zipped.gz"))).values], [9, 8, 7, 6]);
  }));

test("a wrong magic number is told with the bytes found", () => {
  assert.throws(() => parseIdx(new Uint8Array([80, 75, 3, 4]), "a.idx"), sentence("GL2010", "a.idx", "50 4b 03 04"));
  assert.throws(() => parseIdx(new Uint8Array(), "a.idx"), sentence("GL2010", "an empty file"));
});

test("an IDX file of floats is refused by its type's name", () => {
  assert.throws(() => parseIdx(idxBytes([1], [0], 0x0d), "a"), sentence("GL2011", "uint8", "float32"));
});

test("labels where images are expected are told", () => {
  assert.throws(() => parseIdx(idxBytes([1], [0]), "a", 3), sentence("GL2012", "3 axes", "found 1"));
});

test("an IDX file that is too short or too long is told with both sizes", () => {
  const bytes = idxBytes([2, 2], [1, 2, 3, 4]);
  assert.throws(
    () => parseIdx(bytes.subarray(0, 14), "a"),
    sentence("GL2013", "expected 16 bytes", "found 14", "cut short"),
  );
  assert.throws(
    () => parseIdx(new Uint8Array([...bytes, 0]), "a"),
    sentence("GL2013", "expected 16 bytes", "found 17"),
  );
  assert.throws(() => parseIdx(bytes.subarray(0, 6), "a"), sentence("GL2013", "found 6"));
});

test("a gzip file that is cut short, damaged or no gzip at all is told", () =>
  withFolder(async (folder) => {
    const zipped = gzipSync(
      idxBytes(
        [1000],
        Uint8Array.from({ length: 1000 }, (_, index) => (index * 97) % 251),
      ),
    );
    const path = join(folder, "a.gz");
    await writeFile(path, zipped.subarray(0, zipped.length - 40));
    await assert.rejects(readIdx(path), sentence("GL2007", path, `cut short after ${zipped.length - 40} bytes`));
    const damaged = Buffer.from(zipped);
    damaged.fill(0xff, 20, 60);
    await writeFile(path, damaged);
    await assert.rejects(readIdx(path), sentence("GL2007", path, "damaged"));
    await writeFile(path, "<html>not found</html>");
    await assert.rejects(readIdx(path), sentence("GL2006", path, "1f 8b", "3c 68"));
    await writeFile(path, "");
    await assert.rejects(readIdx(path), sentence("GL2006", "an empty file"));
  }));

test("a missing file and a folder in a file's place are told", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "sub"));
    await assert.rejects(readIdx(join(folder, "none")), sentence("GL2005", "none", "no such file"));
    await assert.rejects(readIdx(join(folder, "sub")), sentence("GL2005", "sub", "a folder"));
  }));
