import assert from "node:assert/strict";
import { test } from "node:test";
import { EarlyStop } from "../../../core/training/earlyStop";
import { scheduleFactor } from "../../../core/training/schedule";

const close = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-12, `${found}, expected ${expected}`);

test("cosine falls from 1 over the given steps, or over the run, to its factor, and stays there", () => {
  close(scheduleFactor({ id: "cosine", steps: 100 }, 0, null), 1);
  close(scheduleFactor({ id: "cosine", steps: 100 }, 50, null), 0.5);
  close(scheduleFactor({ id: "cosine", factor: 0.2 }, 100, 100), 0.2);
  close(scheduleFactor({ id: "cosine", factor: 0.2 }, 250, 100), 0.2);
});

test("linear falls evenly, step multiplies every so often, constant does nothing", () => {
  close(scheduleFactor({ id: "linear", factor: 0.5, steps: 10 }, 5, null), 0.75);
  close(scheduleFactor({ id: "step", steps: 10 }, 9, null), 1);
  close(scheduleFactor({ id: "step", steps: 10, factor: 0.5 }, 35, null), 0.125);
  close(scheduleFactor({ id: "constant" }, 7, null), 1);
  close(scheduleFactor(undefined, 7, null), 1);
});

test("warm-up rises over the first steps, to the whole rate at its last one", () => {
  close(scheduleFactor({ id: "constant", warmup: 4 }, 0, null), 0.25);
  close(scheduleFactor({ id: "constant", warmup: 4 }, 3, null), 1);
  close(scheduleFactor({ id: "constant", warmup: 4 }, 9, null), 1);
});

test("a schedule that needs a length and has none, or that does not exist, says so", () => {
  assert.throws(() => scheduleFactor({ id: "cosine" }, 0, null), { code: "GL1323" });
  assert.throws(() => scheduleFactor({ id: "linear", steps: 0 }, 0, 10), { code: "GL1323" });
  assert.throws(() => scheduleFactor({ id: "saw" as "step", steps: 5 }, 0, 10), { code: "GL1324" });
});

test("early stopping waits for more than `patience` epochs in a row without an improvement of `minDelta`", () => {
  const stops = (values: readonly number[], minDelta: number): boolean[] => {
    const early = new EarlyStop({ patience: 2, minDelta });
    return values.map((value) => early.shouldStop(value));
  };
  assert.deepEqual(stops([5, 4, 4.1, 4.2, 3, 3, 3, 3], 0), [false, false, false, false, false, false, false, true]);
  assert.deepEqual(stops([5, 4.9, 4.8, 4.7], 0.5), [false, false, false, true]);
  assert.deepEqual(stops([NaN, NaN, NaN, NaN], 0), [false, false, true, true]);
  assert.equal(new EarlyStop(undefined).shouldStop(9), false);
});
