import assert from "node:assert/strict";
import { test } from "node:test";
import { RestartBudget } from "../../../extension/restartBudget";

test("the fifth restart within the window is refused and allowed again when the window has moved on", () => {
  let now = 0;
  const budget = new RestartBudget(4, 180_000, () => now);
  for (let i = 0; i < 4; i++) {
    assert.equal(budget.take(), true);
    now += 10_000;
  }
  assert.equal(budget.take(), false);
  now = 180_000;
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
});

test("reset gives the whole budget back", () => {
  const budget = new RestartBudget(1, 1000, () => 0);
  budget.take();
  budget.reset();
  assert.equal(budget.take(), true);
});
