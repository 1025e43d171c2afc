import assert from "node:assert/strict";
import { test } from "node:test";

import { csvNumber, parseCsv } from "../../../core/data/csv";
import { sentence } from "./support";

test("rows of either line ending are read and empty lines skipped", () => {
  assert.deepEqual(parseCsv("1, a\r\n2,b\n\n", "t.csv", 2), [
    ["1", "a"],
    ["2", "b"],
  ]);
});

test("a row with too few fields is told with its line", () => {
  assert.throws(() => parseCsv("1,2\n3\n", "t.csv", 2), sentence("GL2030", "t.csv:2", "expected 2", "found 1"));
});

test("an empty table is told", () => {
  assert.throws(() => parseCsv("\n", "t.csv", 2), sentence("GL2031", "t.csv", "found none"));
});

test("a field that is no number is told with row and column", () => {
  assert.equal(csvNumber("-1.5e2", "t.csv", 1, 1), -150);
  assert.throws(() => csvNumber("?", "t.csv", 3, 4), sentence("GL2032", "row 3, column 4", '"?"'));
  assert.throws(() => csvNumber(undefined, "t.csv", 3, 4), sentence("GL2032"));
});
