import assert from "node:assert/strict";
import { test } from "node:test";
import { gramOf, squaredNorm } from "../../../core/diagnostics/normInterval";
import { keyFromSeed } from "../../../core/random/threefry";
import { fillUniform } from "../../../core/random/uniform";

const MARGIN = 0.05;
const TAIL = 0.025;
const REPETITIONS = 400;
/** A true rate of 2.5 % gives more than 5 % of 400 less than once in 300 such tests. */
const ALLOWED = 0.05;

function generator(seed: number): () => number {
  const buffer = new Float32Array(4096);
  let block = 0;
  let at = buffer.length;
  return () => {
    if (at === buffer.length) {
      fillUniform(keyFromSeed(seed * 2 ** 20 + ++block), buffer);
      at = 0;
    }
    return buffer[at++]!;
  };
}

/** Shares of the verdicts "biased" and "unbiased" when the norm of the mean is `bias` and the noise of the overall mean has norm `noise`. */
function rates(
  bias: number,
  noise: number,
  groups: number,
  size: number,
  skewed: boolean,
): { biased: number; unbiased: number } {
  const uniform = generator(groups * 100 + size);
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  // Skewed: a mean of ten log-normal estimates, as the groups of a score-function estimator are.
  const draw = (): number => {
    if (!skewed) return normal();
    let total = 0;
    for (let i = 0; i < 10; i++) total += (Math.exp(normal()) - Math.exp(0.5)) / Math.sqrt((Math.E - 1) * Math.E * 10);
    return total;
  };
  const scale = noise * Math.sqrt(groups / size);
  let biased = 0;
  let unbiased = 0;
  for (let i = 0; i < REPETITIONS; i++) {
    const means = Array.from({ length: groups }, () =>
      Float64Array.from({ length: size }, (_, e) => draw() * scale + (e === 0 ? bias : 0)),
    );
    const { low, high } = squaredNorm(gramOf(means), groups, TAIL);
    if (low > MARGIN ** 2) biased++;
    else if (high < MARGIN ** 2) unbiased++;
  }
  return { biased: biased / REPETITIONS, unbiased: unbiased / REPETITIONS };
}

for (const size of [1, 10]) {
  for (const [amount, noise] of [
    ["four times the margin", 0.2],
    ["the margin", 0.05],
    ["a quarter of the margin", 0.0125],
  ] as const) {
    for (const skewed of [false, true]) {
      test(`${size === 1 ? "a scalar" : "ten elements"} with ${skewed ? "log-normal" : "normal"} noise of ${amount}: at most 5 % false "unbiased" just above the margin, 5 % false "biased" just below`, () => {
        const above = rates(0.051, noise, 40, size, skewed);
        assert.ok(above.unbiased <= ALLOWED, `unbiased ${above.unbiased}`);
        const below = rates(0.049, noise, 40, size, skewed);
        assert.ok(below.biased <= ALLOWED, `biased ${below.biased}`);
      });
    }
  }
}

test("a bias of twice the margin is never called none, and is found nine times in ten where the noise is a quarter of the margin", () => {
  for (const size of [1, 10]) {
    const { biased, unbiased } = rates(0.1, 0.0125, 40, size, false);
    assert.equal(unbiased, 0);
    assert.ok(biased >= 0.9, `biased ${biased}`);
  }
});

test("no bias is called none nine times in ten where the noise is a sixth of the margin", () => {
  for (const size of [1, 10]) {
    const { biased, unbiased } = rates(0, 0.05 / 6, 40, size, false);
    assert.equal(biased, 0);
    assert.ok(unbiased >= 0.85, `unbiased ${unbiased}`);
  }
});

test("groups that agree exactly give their squared norm without width", () => {
  const { value, low, high } = squaredNorm(gramOf(Array.from({ length: 20 }, () => Float64Array.of(3, 4))), 20, TAIL);
  for (const found of [value, low, high]) assert.ok(Math.abs(found - 25) < 1e-9, `${found}`);
});
