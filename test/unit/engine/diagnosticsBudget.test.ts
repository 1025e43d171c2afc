import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagnosticsBudget } from "../../../core/engine/diagnosticsBudget";

/** A run on an invented clock: the share of all time that diagnostics took after the first tenth, and the steps they ran at. */
function simulate(
  share: number,
  stepMs: (step: number) => number,
  measureMs: (count: number) => number,
  { steps = 20_000, others = 0, fixed = null as number | null } = {},
): { readonly share: number; readonly at: readonly number[]; readonly told: number } {
  const budget = new DiagnosticsBudget(fixed, share);
  const at: number[] = [];
  let [training, diagnostics] = [0, 0];
  for (let step = 1; step <= steps; step++) {
    const counts = step > steps / 10;
    budget.stepTook(stepMs(step));
    if (counts) training += stepMs(step);
    if (others > 0 && step % 100 === 0) {
      budget.charge(others);
      if (counts) diagnostics += others;
    }
    if (!budget.due(step)) continue;
    const ms = measureMs(at.length);
    budget.measured(step, ms);
    at.push(step);
    if (counts) diagnostics += ms;
  }
  return { share: diagnostics / (training + diagnostics), at, told: budget.taken };
}

for (const measure of [1.3, 2, 9, 37, 400]) {
  test(`measurements of ${measure} ms beside steps of 10 ms take a tenth of the time`, () => {
    const { share, at, told } = simulate(
      0.1,
      () => 10,
      () => measure,
    );
    assert.ok(Math.abs(share - 0.1) < 0.002, `${share}`);
    assert.ok(Math.abs(told - 0.1) < 0.05);
    assert.equal(at[0], 1, "the first step is measured");
  });
}

test("the share holds where costs vary, as when every fourth measurement looks at more", () => {
  const varied = simulate(
    0.1,
    (step) => 5 + (step % 7),
    (count) => (count % 4 === 0 ? 60 : 8),
  );
  assert.ok(Math.abs(varied.share - 0.1) < 0.002, `${varied.share}`);
  const slower = simulate(
    0.2,
    (step) => (step < 10_000 ? 4 : 40),
    () => 25,
  );
  assert.ok(Math.abs(slower.share - 0.2) < 0.004, `${slower.share}`);
});

test("what else is looked at is paid from the same budget", () => {
  const { share } = simulate(
    0.1,
    () => 10,
    () => 20,
    { others: 40 },
  );
  assert.ok(Math.abs(share - 0.1) < 0.002, `${share}`);
});

test("measurements that cost less than the budget at every step are made at every step, without bursts later", () => {
  const { share, at } = simulate(
    0.1,
    () => 10,
    () => 0.2,
  );
  assert.equal(at.length, 20_000);
  assert.ok(share < 0.02);
  const budget = new DiagnosticsBudget(null, 0.1);
  for (let step = 1; step <= 1000; step++) {
    budget.stepTook(10);
    budget.measured(step, 0.2);
  }
  budget.stepTook(10);
  budget.measured(1001, 200);
  budget.stepTook(10);
  assert.equal(budget.due(1002), false, "savings of a thousand steps were spent at once");
});

test("a slow first measurement, which compiles, is not paid for with a long silence", () => {
  const { at } = simulate(
    0.1,
    () => 10,
    (count) => (count === 0 ? 5000 : 10),
    { steps: 2000 },
  );
  assert.ok(at[1]! <= 1 + 10 * 9 + 1, `the second measurement came at step ${at[1]}`);
});

test("a dear measurement is still made every thousand steps, fixed intervals are kept, and zero is never", () => {
  const dear = simulate(
    0.1,
    () => 0.01,
    () => 1000,
    { steps: 5000 },
  );
  assert.ok(dear.at.length >= 5);
  const fixed = simulate(
    0.1,
    () => 10,
    () => 500,
    { steps: 100, fixed: 25 },
  );
  assert.deepEqual(fixed.at, [1, 26, 51, 76]);
  assert.deepEqual(
    simulate(
      0.1,
      () => 10,
      () => 1,
      { steps: 50, fixed: 0 },
    ).at,
    [],
  );
});

test("steps that take longer after a measurement are paid for by it, in what is told too", () => {
  let state = 1;
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const budget = new DiagnosticsBudget(null, 0.1);
  let [plain, cost, after] = [0, 0, false];
  for (let step = 1; step <= 40_000; step++) {
    // Steps vary, and now and then one waits for other work.
    const own = 6 + 4 * uniform() + (uniform() < 0.02 ? 30 : 0);
    const more = after ? 2 : 0;
    budget.stepTook(own + more);
    after = budget.due(step);
    if (after) budget.measured(step, 8);
    if (step <= 4000) continue;
    plain += own;
    cost += more + (after ? 8 : 0);
  }
  const share = cost / (plain + cost);
  assert.ok(Math.abs(share - 0.1) < 0.004, `${share}`);
  assert.ok(Math.abs(budget.taken - 0.1) < 0.02, `${budget.taken}`);
});

test("what takes no time to speak of leaves the next step as it is", () => {
  const budget = new DiagnosticsBudget(null, 0.1);
  for (let step = 1; step <= 5000; step++) {
    budget.stepTook(step % 2 === 0 ? 12 : 8);
    if (step % 2 === 1) budget.charge(0.01);
  }
  assert.ok(budget.taken < 0.002, `${budget.taken}`);
});
