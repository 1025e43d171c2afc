import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { fQuantile } from "../../../core/diagnostics/fQuantile";
import { eightPatterns, makeBench, measure, smallBeliefNet } from "./support";

const SEEDS = 300;

before(() => useBackend("cpu"));

// The threshold is F's 97.5 % quantile, so that a normal noise is called a data part in 2.5 % of measurements at most. A true rate of 5 % exceeds 9 % of 300 less than once in 400.
test("without a data part, as between equal examples, it is unknown, and the sum keeps its estimate", () => {
  const data = { x: tf.tile(tf.tensor3d([[[1, 0, 1]]]), [1, 16, 1]) };
  const bench = makeBench(smallBeliefNet, "lr", { data });
  const told = new Map<string, number>();
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const { name, data: part, monteCarlo, total } of measure(bench, { draws: 2, seed })) {
      told.set(name, (told.get(name) ?? 0) + (part === null ? 0 : 1));
      assert.ok(total !== null && monteCarlo !== null && total >= monteCarlo, name);
    }
  }
  for (const [name, count] of told) assert.ok(count <= 0.09 * SEEDS, `${name}: told from 0 in ${count} of ${SEEDS}`);
  bench.dispose();
  data.x.dispose();
});

test("a data part above its noise is told, and total is the sum", () => {
  const data = { x: eightPatterns() };
  const bench = makeBench(smallBeliefNet, "lr", { data });
  for (const { name, data: part, monteCarlo, total } of measure(bench, { draws: 200 })) {
    if (name === "prior") continue;
    assert.ok(part !== null && part > 0, name);
    assert.ok(Math.abs(total! - monteCarlo! - part) <= 1e-9 * total!, name);
  }
  bench.dispose();
  data.x.dispose();
});

test("quantiles of F are those of the tables", () => {
  for (const [numerator, denominator, quantile] of [
    [15, 16, 2.788],
    [120, 120, 1.433],
    [1, 10, 6.937],
    [10, 120, 2.157],
  ] as const) {
    const found = fQuantile(0.975, numerator, denominator);
    assert.ok(Math.abs(found - quantile) < 2e-3, `F(${numerator}, ${denominator}): ${found}`);
  }
});
