import { tf } from "../backends/tf";
import type { NodeEstimator } from "../estimators/estimator";

/**
 * The estimators with c · ∇ log q taken from each estimate, at nodes that are drawn exactly: the score's mean is zero there, so the
 * mean stays and only the noise changes. A likelihood ratio whose baseline is not learnt yet is measured with a fraction of the draws.
 */
export function withScoreControl(
  estimators: ReadonlyMap<string, NodeEstimator>,
  c: number,
): ReadonlyMap<string, NodeEstimator> {
  if (c === 0) return estimators;
  return new Map(
    [...estimators].map(([node, inner]) => {
      if (!isDrawnExactly(inner)) return [node, inner];
      const surrogate: NodeEstimator["surrogate"] = (context) => {
        const term = inner.surrogate(context);
        const shift = tf.mul(context.logProb, -c);
        return term ? tf.add(term, shift) : shift;
      };
      return [node, withSurrogate(inner, surrogate)];
    }),
  );
}

/**
 * Estimators of the same draws that leave out their own terms, without and with the score: what `withScoreControl` takes off at c = 1 is the
 * difference of their rows, for the price of two plain evaluations whatever the estimators cost.
 */
export function scoreAlone(estimators: ReadonlyMap<string, NodeEstimator>): {
  readonly without: ReadonlyMap<string, NodeEstimator>;
  readonly with: ReadonlyMap<string, NodeEstimator>;
} {
  const each = (surrogate: (inner: NodeEstimator) => NodeEstimator["surrogate"]): ReadonlyMap<string, NodeEstimator> =>
    new Map(
      [...estimators].map(([node, inner]) => [
        node,
        Object.create(withSurrogate(inner, surrogate(inner)), { copies: { value: undefined } }) as NodeEstimator,
      ]),
    );
  return {
    without: each(() => () => null),
    with: each((inner) => (isDrawnExactly(inner) ? (context) => context.logProb : () => null)),
  };
}

/** Whether a node's value has the distribution that its log q says. */
function isDrawnExactly({ entropyGradient }: NodeEstimator): boolean {
  return entropyGradient === "none" || entropyGradient === "value";
}

export function allowsScoreControl(estimators: ReadonlyMap<string, NodeEstimator>): boolean {
  return [...estimators.values()].some(isDrawnExactly);
}

/** The mean credit of all nodes that the estimators saw, for a first guess of c. */
export function watchCredit(estimators: ReadonlyMap<string, NodeEstimator>): {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly credit: () => number;
} {
  const seen: number[] = [];
  const watched = new Map(
    [...estimators].map(([node, inner]) => [
      node,
      withSurrogate(inner, (context) => {
        seen.push(tf.mean(context.credit).dataSync()[0]!);
        return inner.surrogate(context);
      }),
    ]),
  );
  return { estimators: watched, credit: () => seen.reduce((total, value) => total + value / seen.length, 0) };
}

/** The same estimator with another surrogate; the inner one stays its owner's to dispose. */
function withSurrogate(inner: NodeEstimator, surrogate: NodeEstimator["surrogate"]): NodeEstimator {
  const dispose = (): void => undefined;
  return Object.create(inner, { surrogate: { value: surrogate }, dispose: { value: dispose } }) as NodeEstimator;
}
