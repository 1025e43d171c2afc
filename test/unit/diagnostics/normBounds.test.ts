import assert from "node:assert/strict";
import { test } from "node:test";
import { normBounds } from "../../../core/diagnostics/normBounds";
import { NoiseMoments } from "../../../core/diagnostics/noiseMoments";
import { fillUniform } from "../../../core/random/uniform";
import { foldIn, keyFromSeed } from "../../../core/random/threefry";

const spectra = {
  "one element": [1],
  "three equal directions": [1, 1, 1],
  "one large and ten small directions": [1, ...new Array<number>(10).fill(0.1)],
  "a falling spectrum": Array.from({ length: 30 }, (_, i) => 1 / (1 + i)),
  "a hundred equal directions": new Array<number>(100).fill(1),
};
const TRIALS = 2000;
const TAIL = 0.02;
/** Misses of 2000 that a rate of 2 % exceeds with probability below 1e-4. */
const MOST = 66;

function normals(seed: number, count: number): Float64Array {
  const uniform = new Float32Array(2 * count);
  fillUniform(foldIn(keyFromSeed(7), seed), uniform, 0, uniform.length);
  return Float64Array.from(
    { length: count },
    (_, i) => Math.sqrt(-2 * Math.log(uniform[2 * i]!)) * Math.cos(2 * Math.PI * uniform[2 * i + 1]!),
  );
}

for (const [name, spectrum] of Object.entries(spectra)) {
  for (const theta of [0, 1.5, 6]) {
    test(`bounds of a norm of ${theta} under noise of ${name} miss at most at their rate`, () => {
      const trace = spectrum.reduce((total, value) => total + value, 0);
      const traceSquare = spectrum.reduce((total, value) => total + value * value, 0);
      const noise = { trace, traceSquare, largest: 1, effectiveRows: Infinity };
      let below = 0;
      let above = 0;
      for (let trial = 0; trial < TRIALS; trial++) {
        const draws = normals(trial, spectrum.length);
        const square = spectrum.reduce(
          (total, value, i) => total + ((i === 0 ? theta : 0) + Math.sqrt(value) * draws[i]!) ** 2,
          0,
        );
        const { low, high } = normBounds(square, noise, 1, TAIL);
        if (low > theta) below++;
        if (high < theta) above++;
      }
      assert.ok(below <= MOST && above <= MOST, `${below} too high, ${above} too low of ${TRIALS}`);
    });
  }
}

test("the bounds of one element are those of a mean", () => {
  const { low, high } = normBounds(100, { trace: 1, traceSquare: 1, largest: 1, effectiveRows: Infinity }, 1, 0.025);
  assert.ok(Math.abs(high - 11.96) < 0.02, `${high}`);
  assert.ok(low > 7.9 && low < 8.1, `${low}`);
});

test("without noise the bounds are the norm itself", () => {
  const none = { trace: 0, traceSquare: 0, largest: 0, effectiveRows: Infinity };
  assert.deepEqual(normBounds(9, none, 100, 0.01), { square: 9, low: 3, high: 3 });
});

test("moments of the noise are found from inner products, whatever the examples' own means", () => {
  const [m, R, P] = [40, 2, 6];
  const moments = new NoiseMoments();
  for (let pass = 0; pass < 40; pass++) {
    const noise = normals(pass, m * R * P);
    const rows = Array.from({ length: m * R }, (_, i) =>
      Array.from({ length: P }, (_, e) => 5 * Math.sin(3 * (i % m) + e) + (e === 0 ? 2 : 1) * noise[i * P + e]!),
    );
    const gram = rows.flatMap((a) => rows.map((b) => a.reduce((total, value, e) => total + value * b[e]!, 0)));
    moments.add(gram, m, R);
  }
  const { trace, traceSquare, largest, effectiveRows } = moments.summary();
  const close = (found: number, expected: number, share: number): void =>
    assert.ok(Math.abs(found - expected) < share * expected, `expected ${expected}, got ${found}`);
  close(trace, 9, 0.06);
  close(traceSquare, 21, 0.15);
  close(largest, 4, 0.3);
  assert.ok(effectiveRows > 500 && effectiveRows < 1600);
});
