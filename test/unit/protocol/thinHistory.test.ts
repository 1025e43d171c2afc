import assert from "node:assert/strict";
import { test } from "node:test";
import { thinHistory } from "../../../core/protocol/thinHistory";

const LIMIT = 400;

/** A history that grew by `piece` entries at a time to so many steps, thinned each time. */
function grown(steps: number, piece: number, perStep = 1): readonly { readonly step: number }[] {
  let history: readonly { readonly step: number }[] = [];
  for (let from = 0; from < steps; from += piece) {
    const more = Array.from({ length: piece * perStep }, (_, i) => ({ step: from + Math.floor(i / perStep) }));
    history = thinHistory([...history, ...more], LIMIT);
    assert.ok(history.length <= LIMIT, `${history.length} entries`);
  }
  return history;
}

test("a history within its limit stays as it is", () => {
  const history = Array.from({ length: LIMIT }, (_, step) => [step, 1] as const);
  assert.equal(thinHistory(history, LIMIT), history);
});

for (const steps of [1000, 10_000, 100_000]) {
  test(`no stretch of ${steps} steps is lost, however often they were thinned, and the newest stay whole`, () => {
    const kept = grown(steps, 7).map(({ step }) => step);
    const gaps = kept.slice(1).map((step, i) => step - kept[i]!);
    assert.equal(kept[0], 0);
    assert.ok(gaps.every((gap) => gap > 0));
    assert.ok(Math.max(...gaps) <= (3 * steps) / (LIMIT / 4), `a gap of ${Math.max(...gaps)}`);
    assert.deepEqual(gaps.slice(1 - LIMIT / 2), Array(LIMIT / 2 - 1).fill(1));
  });
}

test("what belongs to one step stays together", () => {
  const counts = new Map<number, number>();
  for (const { step } of grown(5000, 5, 2)) counts.set(step, (counts.get(step) ?? 0) + 1);
  const [first, ...others] = [...counts.values()];
  assert.equal(first, 2);
  assert.ok(others.every((count) => count === 2));
});
