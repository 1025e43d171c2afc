import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { erf, erfc, erfinv, normalCdf } from "../../../core/numerics/special/scalar/errorFunction";
import { incompleteBeta } from "../../../core/numerics/special/scalar/incompleteBeta";
import { incompleteGamma } from "../../../core/numerics/special/scalar/incompleteGamma";
import { logGamma } from "../../../core/numerics/special/scalar/logGamma";
import { naturalLog } from "../../../core/numerics/special/scalar/naturalLog";
import { normalQuantile } from "../../../core/numerics/special/scalar/normalQuantile";
import { digamma, polygamma } from "../../../core/numerics/special/scalar/polygamma";

/** Made by scripts/reference/specialFunctions.py: mpmath at 40 digits, checked against SciPy there. */
const table = JSON.parse(readFileSync(join(__dirname, "specialFunctions.json"), "utf8")) as {
  readonly unary: readonly [string, number, number][];
  readonly gamma: readonly [number, number, number, number, number][];
  readonly beta: readonly [number, number, number, number, number, number, number, number][];
};

const unary: Record<string, (x: number) => number> = {
  logGamma,
  digamma,
  trigamma: (x) => polygamma(1, x),
  tetragamma: (x) => polygamma(2, x),
  hexagamma: (x) => polygamma(4, x),
  erf,
  erfc,
  erfinv,
  normalCdf,
  normalQuantile,
};

/** Functions that cross zero, next to which digits are counted from 1. */
const withZeros = new Set(["logGamma", "digamma"]);

function close(actual: number, expected: number, relative: number, what: string, absolute = 1e-300): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= relative * Math.abs(expected) + absolute, `${what}: got ${actual}, expected ${expected}`);
}

test("the logarithm made of IEEE operations alone is right to a unit in the last place or two", () => {
  for (let i = 1; i <= 20_000; i++) {
    for (const x of [i * 2 ** -24, 1 - i * 2 ** -24, 1 + i * 2 ** -24, i, 1 / i, Math.exp(i / 30), Math.exp(-i / 30)])
      if (x > 1e-300) close(naturalLog(x), Math.log(x), 4.5e-16, `log ${x}`);
  }
});

test("functions of one variable agree with mpmath to twelve digits", () => {
  assert.ok(table.unary.length > 80);
  for (const [name, x, expected] of table.unary)
    close(unary[name]!(x), expected, 1e-12, `${name}(${x})`, withZeros.has(name) ? 1e-14 : 1e-300);
});

test("the incomplete gamma function and its derivatives agree with mpmath to ten digits", () => {
  for (const [a, x, value, dShape, path] of table.gamma) {
    const got = incompleteGamma(a, x);
    close(got.lower, value, 1e-11, `P(${a}, ${x})`);
    close(got.dShape, dShape, 1e-10, `dP/da(${a}, ${x})`);
    close(got.path, path, 1e-10, `dx/da(${a}, ${x})`);
  }
});

test("the incomplete beta function and its derivatives agree with mpmath to nine digits", () => {
  for (const [a, b, x, value, dA, dB, pathA, pathB] of table.beta) {
    const got = incompleteBeta(a, b, x);
    close(got.value, value, 1e-10, `I(${a}, ${b}, ${x})`);
    close(got.dA, dA, 1e-9, `dI/da(${a}, ${b}, ${x})`);
    close(got.dB, dB, 1e-9, `dI/db(${a}, ${b}, ${x})`);
    close(got.pathA, pathA, 1e-9, `dx/da(${a}, ${b}, ${x})`);
    close(got.pathB, pathB, 1e-9, `dx/db(${a}, ${b}, ${x})`);
  }
});

test("path derivatives stay finite where the distribution function has no digits left", () => {
  for (const [a, x] of [
    [0.01, 1e-38],
    [2, 120],
    [1e6, 1.01e6],
    [5, 1e-30],
  ] as const)
    assert.ok(Number.isFinite(incompleteGamma(a, x).path), `${a}, ${x}`);
  for (const [a, b, x] of [
    [0.01, 0.01, 1e-38],
    [300, 2, 0.01],
    [1, 1, 1 - 2 ** -24],
  ] as const) {
    const { pathA, pathB } = incompleteBeta(a, b, x);
    assert.ok(Number.isFinite(pathA) && Number.isFinite(pathB), `${a}, ${b}, ${x}`);
  }
});

test("arguments outside the domain give NaN", () => {
  assert.ok(Number.isNaN(incompleteGamma(-1, 1).lower));
  assert.ok(Number.isNaN(incompleteBeta(1, 0, 0.5).value));
  assert.ok(Number.isNaN(normalQuantile(-0.1)));
  assert.equal(logGamma(-2), Infinity);
});
