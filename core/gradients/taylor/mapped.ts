import type { tf } from "../../backends/tf";
import { firstTerm, isLinear, type Jet, linearJet, spreadTerm, unfolded } from "./jet";

/**
 * A linear map of a jet. A linear jet keeps one slope per direction, the map's value of it; else every coefficient is mapped.
 *
 * @param map takes `[C, …shape]`, where axes along which a coefficient repeats itself may have size 1
 */
export function mapped(jet: Jet, shape: readonly number[], order: number, map: (x: tf.Tensor) => tf.Tensor): Jet {
  if (jet.slope && isLinear(jet)) return { ...linearJet(shape, map(firstTerm(jet)), order), degree: jet.degree };
  const { terms, degree } = unfolded(jet);
  return {
    shape,
    slope: null,
    terms: terms.map((term) => (term === null ? null : map(term as tf.Tensor))),
    degree,
  };
}

/** The same with coefficients written out along all axes, for maps that look at their sizes. */
export function mappedWhole(jet: Jet, shape: readonly number[], order: number, map: (x: tf.Tensor) => tf.Tensor): Jet {
  return mapped(jet, shape, order, (x) => map(spreadTerm(x, jet.shape, x.shape[0]!)));
}
