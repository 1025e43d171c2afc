import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../core/backends/tf";
import { normal } from "../../core/distributions/normal";
import { families, quadrature } from "./continuousFamilies";
import { costRows, momentsOf } from "./continuousRows";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

/** Coefficients of 1, ε, ε², … */
type Polynomial = readonly number[];

const times = (a: Polynomial, b: Polynomial): Polynomial => {
  const out = new Array<number>(a.length + b.length - 1).fill(0);
  a.forEach((x, i) => b.forEach((y, j) => void (out[i + j]! += x * y)));
  return out;
};
const power = (a: Polynomial, n: number): Polynomial => (n === 0 ? [1] : times(a, power(a, n - 1)));
const scaled = (a: Polynomial, c: number): Polynomial => a.map((x) => x * c);
/** E ε^k of a standard normal ε: 0 for odd k, else 1 · 3 · … · (k − 1). */
const moment = (k: number): number => (k % 2 === 1 ? 0 : k === 0 ? 1 : (k - 1) * moment(k - 2));
const mean = (a: Polynomial): number => a.reduce((sum, x, k) => sum + x * moment(k), 0);

/** One estimate for the cost z^n as a polynomial in ε = (z − mean)/std, by the estimators' definitions. */
const estimates: Readonly<
  Record<string, (n: number, m: number, s: number) => { readonly mean: Polynomial; readonly std: Polynomial }>
> = {
  // f'(z) and f'(z) ε
  pathwise: (n, m, s) => {
    const slope = scaled(power([m, s], n - 1), n);
    return { mean: slope, std: times(slope, [0, 1]) };
  },
  // f'(z) and std f''(z): seed 3, eq. 14
  gsb: (n, m, s) => ({
    mean: scaled(power([m, s], n - 1), n),
    std: n < 2 ? [0] : scaled(power([m, s], n - 2), n * (n - 1) * s),
  }),
  // f(z) ε / std and f(z) (ε² − 1) / std
  lr: (n, m, s) => {
    const cost = power([m, s], n);
    return { mean: times(cost, [0, 1 / s]), std: times(cost, [-1 / s, 0, 1 / s]) };
  },
};

const costs = [
  { n: 1, f: (z: tf.Tensor) => z },
  { n: 2, f: (z: tf.Tensor) => tf.square(z) },
  { n: 3, f: (z: tf.Tensor) => tf.mul(z, tf.square(z)) },
  { n: 4, f: (z: tf.Tensor) => tf.square(tf.square(z)) },
];
const places = [
  [0, 1],
  [0.4, 0.7],
  [-1.5, 0.5],
  [2, 1.3],
] as const;

/** The trapezoidal rule over ε; it converges faster than any power of the step for a normal weight. */
const step = 0.05;
const grid = Array.from({ length: 561 }, (_, i) => (i - 280) * step);
const weights = Float64Array.from(grid, (e) => (step * Math.exp(-0.5 * e * e)) / Math.sqrt(2 * Math.PI));

for (const [id, polynomials] of Object.entries(estimates)) {
  for (const { n, f } of costs) {
    test(`${id} on a normal with cost z^${n} has the mean and the variance of the closed form`, () => {
      for (const [givenMean, givenStd] of places) {
        const [m, s] = [Math.fround(givenMean), Math.fround(givenStd)];
        const parameters = { mean: [m], std: [s] };
        const values = Float32Array.from(grid, (e) => m + s * e);
        const rows = costRows(id, (own) => normal({ mean: own.mean!, std: own.std! }), parameters, f, {
          numRows: values.length,
          values,
        });
        const expected = polynomials(n, m, s);
        for (const name of ["mean", "std"] as const) {
          const closed = { mean: mean(expected[name]), square: mean(times(expected[name], expected[name])) };
          const variance = closed.square - closed.mean ** 2;
          const found = momentsOf(rows[name]!, 1, 0, weights);
          const about = `${name} at normal(${givenMean}, ${givenStd})`;
          const scale = Math.sqrt(closed.square);
          assert.ok(
            Math.abs(found.mean - closed.mean) <= 1e-5 * scale,
            `${about}: mean ${found.mean}, closed form ${closed.mean}`,
          );
          assert.ok(
            Math.abs(found.variance - variance) <= 1e-5 * closed.square,
            `${about}: variance ${found.variance}, closed form ${variance}`,
          );
          // The mean itself does not depend on the estimator: ∂ E z^n.
          const slope = scaled(power([m, s], n - 1), n);
          const gradient = mean(name === "mean" ? slope : times(slope, [0, 1]));
          assert.ok(Math.abs(closed.mean - gradient) < 1e-9 * (1 + Math.abs(gradient)), `${about}: not the gradient`);
        }
      }
    });
  }
}

/** The n-th derivative of z^p as a polynomial in ε, z = m + s ε. */
const derivative = (p: number, n: number, m: number, s: number): Polynomial => {
  let falling = 1;
  for (let i = 0; i < n; i++) falling *= p - i;
  return n > p ? [0] : scaled(power([m, s], p - n), falling);
};
const plus = (a: Polynomial, b: Polynomial): Polynomial =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
const orders = [1, 2, 3, 4];
const total = (terms: readonly Polynomial[]): Polynomial => terms.reduce(plus, [0]);
const factorial = (k: number): number => (k === 0 ? 1 : k * factorial(k - 1));

/** Estimates on one unit of a family of `continuousFamilies.ts` as polynomials in ε with known moments. */
const others: readonly {
  readonly family: string;
  readonly estimator: string;
  readonly location: number;
  readonly spread: number;
  readonly momentOf: (k: number) => number;
  readonly polynomials: (p: number, m: number, s: number) => Readonly<Record<string, Polynomial>>;
}[] = [
  ...(["pathwise", "gsb"] as const).map((estimator) => ({
    family: "laplace",
    estimator,
    location: 0.3,
    spread: 0.4,
    momentOf: (k: number) => (k % 2 === 1 ? 0 : factorial(k)),
    polynomials: (p: number, m: number, s: number) => ({
      location: derivative(p, 1, m, s),
      scale:
        estimator === "pathwise"
          ? times(derivative(p, 1, m, s), [0, 1])
          : total(orders.map((n) => (n % 2 === 0 ? scaled(derivative(p, n, m, s), 2 * s ** (n - 1)) : [0]))), // eq. 18
    }),
  })),
  {
    family: "gamma",
    estimator: "gsb",
    location: 0,
    spread: 0.3,
    momentOf: (k) => Array.from({ length: k }, (_, i) => 1.7 + i).reduce((product, x) => product * x, 1),
    // Eq. 19.
    polynomials: (p, m, s) => ({
      concentration: total(orders.map((n) => scaled(derivative(p, n, m, s), s ** n / n))),
      scale: total(orders.map((n) => scaled(derivative(p, n, m, s), 1.7 * s ** (n - 1)))),
    }),
  },
];

for (const { family: id, estimator, location, spread, momentOf, polynomials } of others) {
  const family = families.find((candidate) => candidate.id === id)!;
  for (const { n, f } of costs) {
    test(`${estimator} on ${id} with cost z^${n} has the mean and the variance of the closed form`, () => {
      const nodes = quadrature(family, 1200);
      const rows = costRows(estimator, family.make, family.parameters, f, { numRows: nodes.z.length, values: nodes.z });
      const expectation = (a: Polynomial): number => a.reduce((sum, x, k) => sum + x * momentOf(k), 0);
      for (const [name, polynomial] of Object.entries(polynomials(n, location, spread))) {
        const [first, square] = [expectation(polynomial), expectation(times(polynomial, polynomial))];
        const found = momentsOf(rows[name]!, 1, 0, nodes.weight);
        assert.ok(
          Math.abs(found.mean - first) <= 1e-5 * Math.sqrt(square),
          `${name}: mean ${found.mean}, closed form ${first}`,
        );
        const variance = square - first ** 2;
        assert.ok(
          Math.abs(found.variance - variance) <= 1e-5 * square,
          `${name}: variance ${found.variance}, closed form ${variance}`,
        );
      }
    });
  }
}
