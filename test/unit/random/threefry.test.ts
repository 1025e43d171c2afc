import assert from "node:assert/strict";
import { test } from "node:test";
import { foldIn, foldInName, keyFromSeed, threefry2x32 } from "../../../core/random/threefry";

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

test("Threefry-2x32 with 20 rounds gives the known answers that Random123 publishes", () => {
  assert.equal(hex(threefry2x32([0, 0], 0, 0)), "6b200159 99ba4efe");
  assert.equal(hex(threefry2x32([0xffffffff, 0xffffffff], 0xffffffff, 0xffffffff)), "1cb996fc bb002be7");
  assert.equal(hex(threefry2x32([0x13198a2e, 0x03707344], 0x243f6a88, 0x85a308d3)), "c4923a9c 483df7a0");
});

test("a seed's key holds its high and its low word, up to 2^53 − 1", () => {
  assert.deepEqual(keyFromSeed(7), [0, 7]);
  assert.deepEqual(keyFromSeed(2 ** 32 + 5), [1, 5]);
  assert.deepEqual(keyFromSeed(2 ** 53 - 1), [2 ** 21 - 1, 2 ** 32 - 1]);
});

test("keys folded from a thousand numbers and names differ from one another", () => {
  const root = keyFromSeed(1);
  const keys = new Set<string>();
  for (let i = 0; i < 1000; i++) keys.add(hex(foldIn(root, i)));
  for (let i = 0; i < 1000; i++) keys.add(hex(foldInName(root, `node${i}`)));
  assert.equal(keys.size, 2000);
});
