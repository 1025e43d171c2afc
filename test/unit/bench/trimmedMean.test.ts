import assert from "node:assert/strict";
import { test } from "node:test";
import { trimmedMean } from "../../../bench/measure/trimmedMean";

/** Park and Miller's, so that the counts below are the same everywhere. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

const normal = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

test("a tenth at either end is left out, and the interval is Tukey and McLaughlin's by hand", () => {
  const values = [100, 3, 1, 4, 2, 5, 7, 6, 8, -50];
  const { mean, low, high } = trimmedMean(values);
  assert.equal(mean, 4.5);
  // Quantile of Student's t with 7 degrees of freedom.
  const squares = [1, 1, 2, 3, 4, 5, 6, 7, 8, 8].reduce((sum, value) => sum + (value - 4.5) ** 2, 0);
  const width = 2.364624 * (Math.sqrt(squares / 9 / 10) / 0.8);
  assert.ok(Math.abs(high - 4.5 - width) < 1e-5 && Math.abs(4.5 - low - width) < 1e-5);
});

for (const [title, draw] of [
  ["normal", normal],
  ["a tenth of them five times as wide", (u: () => number) => normal(u) * (u() < 0.1 ? 5 : 1)],
] as const)
  test(`intervals of ten and of thirty values hold the centre in about 95 % of cases: ${title}`, () => {
    for (const n of [10, 30]) {
      const uniform = uniforms(n);
      let held = 0;
      const cases = 2000;
      for (let i = 0; i < cases; i++) {
        const { low, high } = trimmedMean(Array.from({ length: n }, () => draw(uniform)));
        if (low <= 0 && 0 <= high) held++;
      }
      // Below 0.93 by chance with probability under 1e-4 where the coverage is 95 %.
      assert.ok(held / cases > 0.93, `${n}: ${held / cases}`);
    }
  });
