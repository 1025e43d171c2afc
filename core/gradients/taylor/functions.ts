import { tf } from "../../backends/tf";
import type { Jet } from "./jet";
import type { Rule, Rules } from "./rule";
import { convolved, minus, over, plus, slopes, squared, type Term, type Terms, times } from "./terms";

/**
 * Coefficients y_1 … y_N of y = f(x) from x's, elementwise, so that they hold in both forms of a jet.
 *
 * @param x index 0 holds x₀
 * @param y index 0 holds y₀; filled in from index 1 on
 */
type Recurrence = (x: Terms, y: Term[], order: number) => void;

/** y' = g x': n y_n = Σ_{k=1}^{n} k x_k g_{n−k}, with g_{n−1} known once y_{n−1} is. */
function integrate(x: Terms, y: Term[], order: number, g: (n: number) => Term): void {
  const dx = slopes(x);
  const gs: Term[] = [];
  for (let n = 1; n <= order; n++) {
    gs.push(g(n - 1));
    y[n] = times(1 / n, convolved(dx, gs, n, 1, n));
  }
}

/** h y' = x': n h₀ y_n = n x_n − Σ_{k=1}^{n−1} k y_k h_{n−k}. */
function divideSlope(x: Terms, y: Term[], order: number, h: Terms): void {
  const dy: Term[] = [null];
  for (let n = 1; n <= order; n++) {
    const rest = times(1 / n, convolved(dy, h, n, 1, n - 1));
    y[n] = over(minus(x[n] ?? null, rest), h[0] as tf.Tensor);
    dy[n] = times(n, y[n]!);
  }
}

/** y = x^p: n x₀ y_n = Σ_{k=1}^{n} (k p − n + k) x_k y_{n−k}, for x₀ other than 0 or p = 1/2, −1/2, −1. */
function power(p: number): Recurrence {
  return (x, y, order) => {
    for (let n = 1; n <= order; n++) {
      let total: Term = null;
      for (let k = 1; k <= n; k++)
        total = plus(total, times((k * p - n + k) / n, times(x[k] ?? null, y[n - k] ?? null)));
      y[n] = over(total, x[0] as tf.Tensor);
    }
  };
}

/** Whole powers up to here are multiplied out. */
const highestProduct = 32;

function run(recurrence: Recurrence, x: Terms, y0: tf.Tensor, order: number): Terms {
  const y: Term[] = [y0];
  recurrence(x, y, order);
  return y;
}

const one = (n: number): Term => (n === 0 ? 1 : null);

const exp: Recurrence = (x, y, order) => integrate(x, y, order, (n) => y[n] ?? null);
const sigmoid: Recurrence = (x, y, order) => integrate(x, y, order, (n) => minus(y[n] ?? null, squared(y, n)));

function sigmoidOf(x: Terms, order: number, sign = 1): Terms {
  const signed = x.map((term) => times(sign, term));
  return run(sigmoid, signed, tf.sigmoid(signed[0] as tf.Tensor), order);
}

/** sin and cos, or sinh and cosh: s' = c x', c' = ∓ s x'. */
function circular(x: Terms, order: number, sign: 1 | -1): { readonly s: Terms; readonly c: Terms } {
  const x0 = x[0] as tf.Tensor;
  const s: Term[] = [sign < 0 ? tf.sin(x0) : tf.sinh(x0)];
  const c: Term[] = [sign < 0 ? tf.cos(x0) : tf.cosh(x0)];
  const dx = slopes(x);
  for (let n = 1; n <= order; n++) {
    s[n] = times(1 / n, convolved(dx, c, n, 1, n));
    c[n] = times(sign / n, convolved(dx, s, n, 1, n));
  }
  return { s, c };
}

/** 1 ± x², index 0 included. */
function onePlusSquare(x: Terms, order: number, sign: 1 | -1): Terms {
  return Array.from({ length: order + 1 }, (_, n) => plus(one(n), times(sign, squared(x, n))));
}

function fill(y: Term[], values: Terms): void {
  for (let n = 1; n < values.length; n++) y[n] = values[n] ?? null;
}

/** Inverse functions: y' = x'/√(±1 ± x²). */
function inverse(h: (x: Terms, order: number) => Terms): Recurrence {
  return (x, y, order) => {
    const square = h(x, order);
    divideSlope(x, y, order, run(power(0.5), square, tf.sqrt(square[0] as tf.Tensor), order));
  };
}

/** Smooth functions of one input. */
const recurrences: Readonly<Record<string, Recurrence>> = {
  Exp: exp,
  Expm1: (x, y, order) => fill(y, run(exp, x, tf.exp(x[0] as tf.Tensor), order)),
  Log: (x, y, order) => divideSlope(x, y, order, x),
  Log1p: (x, y, order) => divideSlope(x, y, order, [tf.add(x[0] as tf.Tensor, 1), ...x.slice(1)]),
  Sigmoid: sigmoid,
  Softplus: (x, y, order) => {
    const s = sigmoidOf(x, order);
    integrate(x, y, order, (n) => s[n] ?? null);
  },
  // tf.logSigmoid, a composition with a gradient of its own, recorded under its scope: y' = σ(−x) x'
  logSigmoid__op: (x, y, order) => {
    const s = sigmoidOf(x, order, -1);
    integrate(x, y, order, (n) => s[n] ?? null);
  },
  Tanh: (x, y, order) => integrate(x, y, order, (n) => minus(one(n), squared(y, n))),
  Tan: (x, y, order) => integrate(x, y, order, (n) => plus(one(n), squared(y, n))),
  Sin: (x, y, order) => fill(y, circular(x, order, -1).s),
  Cos: (x, y, order) => fill(y, circular(x, order, -1).c),
  Sinh: (x, y, order) => fill(y, circular(x, order, 1).s),
  Cosh: (x, y, order) => fill(y, circular(x, order, 1).c),
  Atan: (x, y, order) => divideSlope(x, y, order, onePlusSquare(x, order, 1)),
  Atanh: (x, y, order) => divideSlope(x, y, order, onePlusSquare(x, order, -1)),
  Asin: inverse((x, order) => onePlusSquare(x, order, -1)),
  Acos: (x, y, order) => {
    const z: Term[] = [y[0]!];
    inverse((given, n) => onePlusSquare(given, n, -1))(x, z, order);
    fill(
      y,
      z.map((term) => times(-1, term)),
    );
  },
  Asinh: inverse((x, order) => onePlusSquare(x, order, 1)),
  Acosh: inverse((x, order) => Array.from({ length: order + 1 }, (_, n) => plus(n === 0 ? -1 : null, squared(x, n)))),
  Sqrt: power(0.5),
  Rsqrt: power(-0.5),
  Reciprocal: power(-1),
  // y' = 2/√π exp(−x²) x'
  Erf: (x, y, order) => {
    const square = Array.from({ length: order + 1 }, (_, n) => times(-1, squared(x, n)));
    const e = run(exp, square, tf.exp(square[0] as tf.Tensor), order);
    integrate(x, y, order, (n) => times(2 / Math.sqrt(Math.PI), e[n] ?? null));
  },
};

/** A jet of the same slope with other coefficients. */
export function withTerms(jet: Jet, terms: Terms, degree: number): Jet {
  return { ...jet, terms: terms.map((term, n) => (n === 0 ? null : term)), degree };
}

/** A jet's coefficients with x₀ at index 0. */
export function withValue(jet: Jet, x0: tf.Tensor): Terms {
  return [x0, ...jet.terms.slice(1)];
}

/** x^p along a jet; whole p from 0 on are products, which x₀ = 0 does not trouble. */
export function powerOf(jet: Jet, x0: tf.Tensor, y0: tf.Tensor, p: number, order: number): Jet {
  const x = withValue(jet, x0);
  if (!(Number.isInteger(p) && p >= 0 && p <= highestProduct))
    return withTerms(jet, run(power(p), x, y0, order), Infinity);
  let y: Terms = [1];
  for (let bit = highestProduct; bit >= 1; bit >>= 1) {
    if (y.length > 1) y = y.map((_, n) => squared(y, n));
    if (p & bit) y = Array.from({ length: order + 1 }, (_, n) => convolved(x, y, n));
  }
  return withTerms(jet, y, p === 0 ? 0 : p * jet.degree);
}

const unary =
  (recurrence: Recurrence): Rule =>
  ({ inputs, outputs, order, jet }) => {
    const [name] = Object.keys(inputs) as [string];
    const x = jet(name)!;
    return [withTerms(x, run(recurrence, withValue(x, inputs[name]!), outputs[0]!, order), Infinity)];
  };

export const functionRules: Rules = {
  ...Object.fromEntries(Object.entries(recurrences).map(([name, recurrence]) => [name, unary(recurrence)])),
  Square: ({ inputs, order, jet }) => {
    const x = jet("x")!;
    const terms = withValue(x, inputs.x!);
    return [
      withTerms(
        x,
        Array.from({ length: order + 1 }, (_, n) => squared(terms, n)),
        2 * x.degree,
      ),
    ];
  },
  // x above 0, exp(x) − 1 below
  Elu: ({ inputs, order, jet }) => {
    const x = jet("x")!;
    const x0 = inputs.x!;
    const e = run(exp, withValue(x, x0), tf.exp(tf.minimum(x0, 0)), order);
    const above = tf.greater(x0, 0).toFloat();
    const below = tf.sub(1, above);
    const terms = x.terms.map((term, n) => plus(times(above, term), times(below, e[n] ?? null)));
    return [withTerms(x, terms, Infinity)];
  },
};
