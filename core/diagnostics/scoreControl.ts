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
  return new Map([...estimators].map(([node, inner]) => [node, controlled(inner, c)]));
}

function controlled(inner: NodeEstimator, c: number): NodeEstimator {
  if (!isDrawnExactly(inner)) return inner;
  return withSurrogate(inner, (context) => {
    const term = inner.surrogate(context);
    const shift = tf.mul(context.logProb, -c);
    return term ? tf.add(term, shift) : shift;
  });
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
