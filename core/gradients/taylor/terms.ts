import { tf } from "../../backends/tf";

/** One coefficient of a truncated series; a number stands for a tensor full of it, null for zero. */
export type Term = tf.Tensor | number | null;
/** Coefficients by power of t; index 0 is the value itself. */
export type Terms = readonly Term[];

export function times(a: Term, b: Term): Term {
  if (a === null || b === null || a === 0 || b === 0) return null;
  if (typeof a === "number") return typeof b === "number" ? a * b : a === 1 ? b : tf.mul(b, a);
  return b === 1 ? a : tf.mul(a, b);
}

export function plus(a: Term, b: Term): Term {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === "number") return typeof b === "number" ? a + b : tf.add(b, a);
  return tf.add(a, b);
}

export function minus(a: Term, b: Term): Term {
  return plus(a, times(b, -1));
}

export function over(a: Term, b: tf.Tensor): Term {
  return a === null ? null : typeof a === "number" ? tf.div(tf.scalar(a), b) : tf.div(a, b);
}

/** Σ_{k=from}^{to} a_k b_{n−k}. */
export function convolved(a: Terms, b: Terms, n: number, from = 0, to = n): Term {
  let total: Term = null;
  for (let k = from; k <= to; k++) total = plus(total, times(a[k] ?? null, b[n - k] ?? null));
  return total;
}

/** Σ_{k=0}^{n} a_k a_{n−k}, equal products once. */
export function squared(a: Terms, n: number): Term {
  const twice = times(2, convolved(a, a, n, 0, Math.ceil(n / 2) - 1));
  const middle = n % 2 === 0 ? (a[n / 2] ?? null) : null;
  return plus(twice, times(middle, middle));
}

/** k a_k: the derivative's coefficients, still at index k. */
export function slopes(a: Terms): Terms {
  return a.map((term, k) => times(term, k));
}

/** n! a_n from a_n and back is how derivatives and coefficients differ. */
export function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
