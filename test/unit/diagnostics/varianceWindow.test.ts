import assert from "node:assert/strict";
import { test } from "node:test";
import { VarianceAccumulator } from "../../../core/diagnostics/varianceAccumulator";
import { spreadOfValues } from "../../../core/diagnostics/exampleSpread";
import { VarianceWindow } from "../../../core/diagnostics/varianceWindow";
import { fillUniform } from "../../../core/random/uniform";

const EXAMPLES = 16;
const BATCH = 100;
const NOISE = 2; // standard deviation of one draw
const SPREAD = 0.5; // standard deviation of the examples' means
const MEAN = 1;

/** Normal numbers from a seed. */
function normals(seed: number, count: number): number[] {
  const uniforms = new Float32Array(2 * count);
  fillUniform([seed, 77], uniforms);
  return Array.from(
    { length: count },
    (_, i) => Math.sqrt(-2 * Math.log(uniforms[2 * i]!)) * Math.cos(2 * Math.PI * uniforms[2 * i + 1]!),
  );
}

/** One measurement: 16 new examples with scalar gradients, each drawn twice. */
function measurement(seed: number): VarianceAccumulator {
  const z = normals(seed, 3 * EXAMPLES);
  const rows = Array.from(
    { length: 2 * EXAMPLES },
    (_, row) => MEAN + SPREAD * z[row % EXAMPLES]! + NOISE * z[EXAMPLES + row]!,
  );
  const accumulator = new VarianceAccumulator(EXAMPLES, BATCH, true);
  accumulator.add(spreadOfValues(Float32Array.from(rows), { examples: EXAMPLES, replicates: 2, groups: 1 }));
  return accumulator;
}

test("eight measurements taken together keep the mean of both parts and cover the Monte Carlo part", () => {
  const repetitions = 400;
  let covered = 0;
  let monteCarlo = 0;
  let alone = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const window = new VarianceWindow(8);
    let pooled = measurement(0);
    for (let i = 0; i < 10; i++) pooled = window.add("theta", measurement(1 + repetition * 10 + i));
    const { interval, monteCarlo: value } = pooled.result();
    monteCarlo += value! / repetitions;
    alone += measurement(1 + repetition * 10).result().monteCarlo! / repetitions;
    if (interval![0] <= NOISE ** 2 / BATCH && NOISE ** 2 / BATCH <= interval![1]) covered++;
    assert.equal(pooled.degreesOfFreedom, 8 * EXAMPLES);
  }
  const expected = NOISE ** 2 / BATCH;
  // Standard error of the mean of 400 × 128 squared differences: 0.6 %; of 400 × 16: 1.8 %.
  assert.ok(Math.abs(monteCarlo / expected - 1) < 0.03, `pooled ${monteCarlo}, expected ${expected}`);
  assert.ok(Math.abs(alone / expected - 1) < 0.08, `alone ${alone}, expected ${expected}`);
  // A true coverage of 95 % falls below 91 % less than once in a thousand such tests.
  assert.ok(covered / repetitions >= 0.91, `covered ${covered / repetitions}`);
});

test("a cleared window starts anew", () => {
  const window = new VarianceWindow(8);
  window.add("theta", measurement(1));
  window.clear();
  assert.equal(window.add("theta", measurement(2)).degreesOfFreedom, EXAMPLES);
});
