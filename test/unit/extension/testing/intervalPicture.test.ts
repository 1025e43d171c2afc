import assert from "node:assert/strict";
import { test } from "node:test";
import { intervalPicture, type JudgedInterval } from "../../../../extension/testing/intervalPicture";

const ink = { ground: "g", text: "t", line: "l", allowed: "a", beyond: "red", within: "green", undecided: "grey" };
const undecided: JudgedInterval = {
  value: 0.4,
  interval: [0.2, 0.8],
  limit: 0.5,
  limitLabel: "margin 50 %",
  verdict: "undecided",
};

/** x of the mark, of the limit's line and of the interval's ends. */
function places(svg: string): { value: number; limit: number; low: number; high: number } {
  const number = (pattern: RegExp): number => Number(pattern.exec(svg)?.[1]);
  return {
    value: number(/<circle cx="([\d.]+)"/),
    limit: number(/d="M([\d.]+) \d+V/),
    low: number(/d="M([\d.]+) \d+v10M/),
    high: number(/H([\d.]+)M/),
  };
}

test("value, interval and limit stand on one axis from 0", () => {
  const { value, limit, low, high } = places(intervalPicture(undecided, ink));
  const unit = (high - low) / 0.6;
  assert.ok(Math.abs(value - low - 0.2 * unit) < 0.2);
  assert.ok(Math.abs(limit - low - 0.3 * unit) < 0.2);
});

test("an undecided value is a ring; a decided one is filled in its verdict's colour", () => {
  assert.match(intervalPicture(undecided, ink), /<circle [^>]*fill="g" stroke="grey"/);
  assert.match(intervalPicture({ ...undecided, verdict: "beyond" }, ink), /<circle [^>]*fill="red" stroke="red"/);
});

test("a number without noise has no bar, and an interval without an upper end runs into an arrow", () => {
  assert.doesNotMatch(intervalPicture({ ...undecided, interval: null }, ink), /v10/);
  const open = intervalPicture({ ...undecided, interval: [0.2, Infinity] }, ink);
  assert.match(open, /l6 5l-6 5/);
  assert.doesNotMatch(open, /NaN|Infinity/);
});

test("words are kept within the picture and their signs escaped", () => {
  const svg = intervalPicture({ ...undecided, limitLabel: "a < b & c", value: 0, limit: 0, interval: null }, ink);
  assert.match(svg, />a &lt; b &amp; c</);
  assert.doesNotMatch(svg, /NaN/);
});
