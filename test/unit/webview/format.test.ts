import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatCount,
  formatInterval,
  formatNumber,
  formatPercent,
  formatPlusMinus,
  formatShape,
  formatStandardError,
  formatTick,
  normalQuantile,
} from "../../../webview/format";

test("numbers have three significant digits and powers of ten where they must", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [1, "1"],
    [-12, "−12"],
    [1.5, "1.50"],
    [98.345, "98.3"],
    [104.6, "105"],
    [1234.5, "1235"],
    [0.0123456, "0.0123"],
    [0.000123456, "1.23e−4"],
    [1234567, "1.23e6"],
    [-Infinity, "−∞"],
  ];
  for (const [value, shown] of cases) assert.equal(formatNumber(value), shown);
  assert.equal(formatNumber(98.345, "nats"), "98.3 nats");
});

test("what is not known is said to be unknown, never zero", () => {
  assert.equal(formatNumber(null, "nats"), "unknown");
  assert.equal(formatCount(null), "unknown");
  assert.equal(formatPercent(null), "unknown");
  assert.equal(formatInterval(null, 0.95), "unknown");
  assert.equal(formatPlusMinus(null, 0.1), "unknown");
  assert.equal(formatNumber(NaN), "not a number");
});

test("± has its level, and the value as many decimals as the half-width", () => {
  assert.equal(formatPlusMinus(104.31, 0.86, "nats"), "104.3 ± 1.7 nats (95 %)");
  assert.equal(formatPlusMinus(-97.1234, 0.0123, "nats", 0.9), "−97.123 ± 0.020 nats (90 %)");
  assert.equal(formatStandardError(0.07123, 0.00312), "0.0712 ± 0.0031 (1 standard error)");
  assert.equal(formatPlusMinus(3, 0), "3 ± 0 (95 %)");
});

test("normal quantiles agree with tables", () => {
  const table: readonly (readonly [number, number])[] = [
    [0.9, 1.6449],
    [0.95, 1.96],
    [0.99, 2.5758],
  ];
  for (const [level, quantile] of table) assert.ok(Math.abs(normalQuantile(level) - quantile) < 5e-4);
});

test("shapes, counts, shares and ticks are as people write them", () => {
  assert.equal(formatShape([784, 200]), "784 × 200");
  assert.equal(formatShape([]), "scalar");
  assert.equal(formatCount(10_000), "10,000");
  assert.equal(formatPercent(0.0874), "8.74 %");
  assert.equal(formatPercent(0.95), "95 %");
  assert.equal(formatInterval([6.6201, 10.3], 0.95), "6.62 to 10.3 (95 %)");
  assert.equal(formatTick(1e-5), "1e−5");
  assert.equal(formatTick(2500000), "2.5e6");
  assert.equal(formatTick(0.30000000000000004), "0.3");
});
