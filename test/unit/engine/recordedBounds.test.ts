import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval } from "../../../core/diagnostics/meanInterval";
import { boundVerdict } from "../../../core/engine/checks/measureBounded";
import { boundFor } from "../../../core/engine/checks/recordBounds";

const RATE = 0.01;

/** Squared differences with mean 1: of a normal gradient (χ²₁), and of a Laplace one, whose kurtosis is 6. */
const families: Readonly<Record<string, (uniform: () => number) => number>> = {
  normal: (uniform) => normal(uniform) ** 2,
  laplace: (uniform) => (Math.log(uniform()) - Math.log(uniform())) ** 2 / 2,
};

for (const [name, draw] of Object.entries(families)) {
  for (const n of [200, 2000]) {
    test(`a recorded bound of ${n} ${name} differences: no false alarm beyond its rate, and the rise it names is found`, () => {
      const uniform = uniforms(n);
      const interval = (scale: number): { mean: number; interval: [number, number] | null } => {
        const values = Array.from({ length: n }, () => scale * draw(uniform));
        return { mean: values.reduce((sum, value) => sum + value / n, 0), interval: meanInterval([values], 1 - RATE) };
      };
      const repeats = 300;
      let alarms = 0;
      let open = 0;
      let found = 0;
      for (let i = 0; i < repeats; i++) {
        const recorded = interval(1);
        const bound = boundFor(recorded.mean, recorded.interval)!;
        const again = boundVerdict(interval(1).interval, bound);
        if (again === "above") alarms++;
        if (again === "undecided") open++;
        const rise = (bound * recorded.mean) / recorded.interval![0] ** 2;
        if (boundVerdict(interval(rise).interval, bound) === "above") found++;
      }
      // At a rate of 0.01, 12 or more of 300 happen with probability below 1e-4.
      assert.ok(alarms < 12, `${alarms} false alarms`);
      assert.ok(open <= 0.05 * repeats, `${open} undecided though nothing changed`);
      assert.ok(found >= 0.95 * repeats, `only ${found} rises found`);
    });
  }
}

test("a bound needs an interval that is known from both sides", () => {
  assert.equal(boundFor(null, null), null);
  assert.equal(boundFor(1, null), null);
  assert.equal(boundFor(1, [0, 2]), null);
  assert.equal(boundFor(1, [0.5, Infinity]), null);
  assert.equal(boundFor(0, [0, 0]), 0);
  assert.equal(boundFor(2, [2, 2]), 2.2);
});

test("a variance is below a bound with its whole interval, above it with none, else undecided", () => {
  assert.equal(boundVerdict([1, 2], 2), "below");
  assert.equal(boundVerdict([1, 2], 1.5), "undecided");
  assert.equal(boundVerdict([1, 2], 0.9), "above");
  assert.equal(boundVerdict(null, 1), "undecided");
  assert.equal(boundVerdict([1, NaN], 3), "undecided");
  assert.equal(boundVerdict([0, 0], 0), "below");
});

/** Park and Miller's generator: the same numbers in every run, none of them 0. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
