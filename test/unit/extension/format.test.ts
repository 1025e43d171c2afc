import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatInterval, formatNumber, formatShare, formatShort } from "../../../extension/format";

test("numbers have three significant digits", () => {
  const shown = [0, 1, 3.14159, 1234.5, 123_456, 0.001_234, 0.000_123_4, -2, NaN, -Infinity].map(formatNumber);
  assert.deepEqual(shown, ["0", "1.00", "3.14", "1235", "1.23e5", "0.00123", "1.23e-4", "-2.00", "not a number", "−∞"]);
});

test("an interval takes its value's exponent", () => {
  assert.equal(formatInterval(1.23e-4, [0.9e-4, 1.6e-4]), "1.23e-4 [0.900, 1.60]e-4");
  assert.equal(formatInterval(1.23, [0.9, 1.6]), "1.23 [0.900, 1.60]");
  assert.equal(formatInterval(1.23, null), "1.23");
});

test("text at the end of a line has two significant digits", () => {
  const shown = [0, 0.0123, 0.123, 1.23, 12.3, 123, 1234].map(formatShort);
  assert.deepEqual(shown, ["0", "1.2e-2", "0.12", "1.2", "12", "123", "1.2e3"]);
  assert.equal(formatInterval(1.23e-4, [0.091e-4, 16e-4], formatShort), "1.2e-4 [0.091, 16]e-4");
});

test("shares and bytes are short", () => {
  assert.deepEqual([0.8123, 0.0123, 1].map(formatShare), ["81 %", "1.2 %", "100 %"]);
  assert.deepEqual([512, 2048, 5_000_000].map(formatBytes), ["512 B", "2 KiB", "4.77 MiB"]);
});
