import assert from "node:assert/strict";
import { test } from "node:test";
import { ratioInterval } from "../../../core/diagnostics/ratioInterval";

/** A small generator of our own, so that the simulation is the same everywhere. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

const next = uniforms(7);
const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
const laplace = (): number => Math.log(next() / next()) / Math.SQRT2;
const student5 = (): number => {
  let square = 0;
  for (let i = 0; i < 5; i++) square += normal() ** 2;
  return normal() / Math.sqrt(square / 3);
};

/** Share of 2 000 intervals that hold the true ratio; its standard error is 0.5 points. */
function coverage(draw: () => number, pairs: number, kept: number): number {
  let held = 0;
  let told = 0;
  for (let trial = 0; trial < 2000; trial++) {
    const a: number[] = [];
    const b: number[] = [];
    for (let i = 0; i < pairs; i++) {
      const [shared, own] = [draw(), draw()];
      b.push((shared + own) ** 2);
      a.push((kept * shared + own) ** 2);
    }
    const interval = ratioInterval(a, b);
    if (!interval) continue;
    told++;
    const truth = (kept ** 2 + 1) / 2;
    if (interval[0] <= truth && truth <= interval[1]) held++;
  }
  assert.ok(told > 100);
  return held / told;
}

for (const [name, draw] of [
  ["normal", normal],
  ["Laplace", laplace],
  ["Student-t with 5 degrees of freedom", student5],
] as const) {
  test(`the interval of a ratio of mean squares of ${name} values holds at least 94.5 % of the time`, () => {
    for (const pairs of [64, 200])
      for (const kept of [0.2, 1.8]) {
        const share = coverage(draw, pairs, kept);
        assert.ok(share >= 0.945, `${pairs} pairs, ${kept}: ${share}`);
      }
  });
}

test("few pairs, or pairs that one carries, leave the ratio's interval unknown", () => {
  assert.equal(ratioInterval([1, 2, 3], [1, 2, 3]), null);
  const one = Array.from({ length: 100 }, (_, i) => (i === 0 ? 1e6 : 1));
  assert.equal(ratioInterval(one, one), null);
  assert.equal(ratioInterval(new Array(50).fill(0), new Array(50).fill(1)), null);
});
