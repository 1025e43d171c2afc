import assert from "node:assert/strict";
import { test } from "node:test";
import { smooth } from "../../../core/charts/smooth";

test("smoothing equals the weighted sum that defines it, at uneven steps", () => {
  const steps = [0, 1, 2, 10, 11, 40];
  const values = [5, 3, NaN, 8, 2, 7];
  const timeConstant = 6;
  const smoothed = smooth(steps, values, timeConstant);
  steps.forEach((now, index) => {
    let sum = 0;
    let weight = 0;
    for (let past = 0; past <= index; past++) {
      const value = values[past]!;
      if (Number.isNaN(value)) continue;
      const share = Math.exp(-(now - steps[past]!) / timeConstant);
      sum += share * value;
      weight += share;
    }
    assert.ok(Math.abs(smoothed[index]! - sum / weight) < 1e-12);
  });
});

test("a constant stays a constant and a time constant of zero changes nothing", () => {
  assert.deepEqual([...smooth([0, 3, 4], [2, 2, 2], 10)], [2, 2, 2]);
  assert.deepEqual([...smooth([0, 3, 4], [1, 5, 2], 0)], [1, 5, 2]);
});
