import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagnosticTurns } from "../../../core/engine/diagnosticTurns";

/** Steps at which looks had their turn, measured at every so many steps. */
function turnsOf(interval: number, measurements: number): readonly (readonly [string, number])[] {
  const turns = new DiagnosticTurns(["a", "b"]);
  return Array.from({ length: measurements }, (_, i) => interval * (i + 1)).flatMap((step) => {
    const look = turns.next(step);
    return look ? [[look, step] as const] : [];
  });
}

test("each look comes soon at first, and then at most at every eighth measurement", () => {
  assert.deepEqual(turnsOf(100, 18), [
    ["a", 100],
    ["b", 200],
    ["a", 900],
    ["b", 1000],
    ["a", 1700],
    ["b", 1800],
  ]);
});

test("looks beside measurements at every step are 64 steps apart", () => {
  assert.deepEqual(turnsOf(1, 130), [
    ["a", 1],
    ["b", 2],
    ["a", 65],
    ["b", 66],
    ["a", 129],
    ["b", 130],
  ]);
});

test("after a change the first turns come soon again", () => {
  const turns = new DiagnosticTurns(["a"]);
  assert.equal(turns.next(1), "a");
  assert.equal(turns.next(2), null);
  turns.clear();
  assert.equal(turns.next(3), "a");
});
