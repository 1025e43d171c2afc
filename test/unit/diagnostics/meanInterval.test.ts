import assert from "node:assert/strict";
import { test } from "node:test";
import { meanInterval } from "../../../core/diagnostics/meanInterval";
import { keyFromSeed } from "../../../core/random/threefry";
import { fillUniform } from "../../../core/random/uniform";

/** Repetitions of every simulation: a coverage of 95 % is then known to ± 1.4 % (95 %). */
const REPETITIONS = 1000;

/** Draws of a squared half-difference, and its mean. */
interface Source {
  readonly name: string;
  readonly mean: number;
  readonly draw: (uniform: () => number) => number;
}

const normal = (u: () => number): number => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());
const halfSquare = (gradient: (u: () => number) => number) => (u: () => number) => (gradient(u) - gradient(u)) ** 2 / 2;
const rare = (share: number): Source => ({
  name: `events of probability ${share}`,
  mean: share,
  draw: (u) => Number(u() < share),
});

const sources: readonly Source[] = [
  { name: "normal gradients", mean: 1, draw: halfSquare(normal) },
  {
    name: "normal gradients of a tensor of 50 elements",
    mean: 50,
    draw: (u) => Array.from({ length: 50 }, () => halfSquare(normal)(u)).reduce((a, b) => a + b, 0),
  },
  {
    name: "Laplace gradients",
    mean: 2,
    draw: halfSquare((u) => Math.log(u()) * (u() < 0.5 ? 1 : -1)),
  },
  {
    name: "Student-t gradients with 5 degrees of freedom",
    mean: 5 / 3,
    draw: halfSquare((u) => normal(u) / Math.sqrt([1, 2, 3, 4, 5].reduce((total) => total + normal(u) ** 2, 0) / 5)),
  },
  {
    name: "normal gradients whose scale is log-normal between examples",
    mean: Math.exp(0.5),
    draw: (u) => (normal(u) * Math.exp(normal(u) / 2)) ** 2,
  },
  rare(0.5),
  rare(0.2),
  rare(0.05),
];

/** Log-normal gradients: a tail so heavy that few draws cannot show it. */
const heavy: Source = {
  name: "log-normal gradients",
  mean: (Math.exp(1) - 1) * Math.exp(1),
  draw: halfSquare((u) => Math.exp(normal(u))),
};

function coverage(source: Source, n: number): { covered: number; unknown: number } {
  const buffer = new Float32Array(4096);
  let block = 0;
  let at = buffer.length;
  const uniform = (): number => {
    if (at === buffer.length) {
      fillUniform(keyFromSeed(++block), buffer);
      at = 0;
    }
    return buffer[at++]!;
  };
  let inside = 0;
  let unknown = 0;
  for (let i = 0; i < REPETITIONS; i++) {
    const interval = meanInterval([Array.from({ length: n }, () => source.draw(uniform))]);
    if (!interval) unknown++;
    else if (interval[0] <= source.mean * (1 + 1e-9) && source.mean * (1 - 1e-9) <= interval[1]) inside++;
  }
  return { covered: inside / (REPETITIONS - unknown), unknown: unknown / REPETITIONS };
}

for (const n of [8, 16, 64]) {
  for (const source of sources) {
    test(`the 95 % interval from ${n} values covers the mean of ${source.name} at least 93 times in 100`, () => {
      const { covered } = coverage(source, n);
      assert.ok(covered >= 0.93, `covered ${covered}`);
    });
  }
}

test("under log-normal gradients the 95 % interval covers at least 88 times in 100 from 16 values, 93 from 64", () => {
  assert.ok(coverage(heavy, 16).covered >= 0.88);
  assert.ok(coverage(heavy, 64).covered >= 0.93);
});

test("groups that differ in their means are compared within themselves", () => {
  const together = meanInterval([[1, 1.1, 0.9, 1, 10, 10.1, 9.9, 10]])!;
  const apart = meanInterval([
    [1, 1.1, 0.9, 1],
    [10, 10.1, 9.9, 10],
  ])!;
  assert.ok(apart[1] / apart[0] < together[1] / together[0]);
  assert.ok(apart[0] < 5.5 && 5.5 < apart[1]);
});

test("differences that are all zero give no interval: noise that has not shown has no known size", () => {
  assert.equal(meanInterval([new Array<number>(100).fill(0)]), null);
});

test("fewer than eight values give no interval, a value that is not finite neither", () => {
  assert.equal(meanInterval([[1, 2, 3, 4, 5, 6, 7]]), null);
  assert.equal(meanInterval([[1, 2, 3, 4, 5, 6, 7, Infinity]]), null);
  assert.equal(meanInterval([[1, 2, 3, 4, 5, 6, 7, NaN]]), null);
});
