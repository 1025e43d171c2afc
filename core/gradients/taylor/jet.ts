import { tf } from "../../backends/tf";
import { type Term, type Terms, times } from "./terms";

/**
 * A tensor's Taylor series along C directions, x(t) = x₀ + Σ_{n≥1} x_n tⁿ, cut after an order that all jets of a run share.
 *
 * In its first, cheap form x_n = sⁿ p_n with one slope s per direction and coefficients p_n that all directions share: that is what
 * linear operations followed by functions of single elements make, so that only s has the axis of directions. In the second form the
 * coefficients have the axis themselves. Axes along which a tensor would repeat itself may have size 1.
 */
export interface Jet {
  /** x₀'s shape. */
  readonly shape: readonly number[];
  /** s, `[C, …shape]`, or null in the second form. */
  readonly slope: tf.Tensor | null;
  /** At index n ≥ 1: p_n, `[…shape]`, or x_n, `[C, …shape]`; index 0 is null. */
  readonly terms: Terms;
  /** Highest power of t that x may hold; Infinity where it is no polynomial. */
  readonly degree: number;
}

/** True where x₁ is all there is. */
export function isLinear({ terms }: Jet): boolean {
  return terms.every((term, n) => n === 1 || term === null);
}

/** The same jet with axes of size 1 in front of its shape, for operands that are broadcast to `rank`. */
export function lifted(jet: Jet, rank: number): Jet {
  const missing = rank - jet.shape.length;
  if (missing <= 0) return jet;
  const front = Array<number>(missing).fill(1);
  const lift = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0]!, ...front, ...x.shape.slice(1)]);
  return {
    ...jet,
    shape: [...front, ...jet.shape],
    slope: jet.slope && lift(jet.slope),
    terms: jet.slope ? jet.terms : jet.terms.map((term) => (term instanceof tf.Tensor ? lift(term) : term)),
  };
}

/** The second form of a jet. */
export function unfolded(jet: Jet): Jet {
  const { slope, terms } = jet;
  if (!slope) return jet;
  let power: Term = 1;
  return {
    ...jet,
    slope: null,
    terms: terms.map((term, n) => {
      if (n > 0) power = times(power, slope);
      return n === 0 ? null : times(power, term);
    }),
  };
}

/** Two jets in a form that lets their coefficients be combined one by one. */
export function matched(a: Jet, b: Jet): readonly [Jet, Jet] {
  if (a.slope && a.slope === b.slope) return [a, b];
  const rank = Math.max(a.shape.length, b.shape.length);
  return [unfolded(lifted(a, rank)), unfolded(lifted(b, rank))];
}

/** A jet with x₁ alone. */
export function linearJet(shape: readonly number[], slope: tf.Tensor, order: number): Jet {
  return { shape, slope, terms: Array.from({ length: order + 1 }, (_, n) => (n === 1 ? 1 : null)), degree: 1 };
}

/** x₁ of a linear jet in its first form, with the axis of directions. */
export function firstTerm({ slope, terms }: Jet): tf.Tensor {
  return times(slope, terms[1]!) as tf.Tensor;
}

/** A term written out along all axes, `[C, …shape]` or, without directions, `[…shape]`. */
export function spreadTerm(term: tf.Tensor | number, shape: readonly number[], directions: number | null): tf.Tensor {
  const full = directions === null ? [...shape] : [directions, ...shape];
  if (typeof term === "number") return tf.fill(full, term);
  return term.shape.join() === full.join() ? term : tf.broadcastTo(term, full);
}

/** Number of directions; 1 where no coefficient has the axis. */
export function directionsOf({ slope, terms }: Jet): number {
  if (slope) return slope.shape[0]!;
  return Math.max(1, ...terms.map((term) => (term instanceof tf.Tensor ? term.shape[0]! : 1)));
}
