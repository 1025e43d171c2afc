import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import { entropy } from "../distributions/entropy";
import { klDivergence } from "../distributions/klDivergence";
import type { Trace } from "../graph/trace";
import type { Objective } from "../objectives/objective";
import { type ClosedForms, hasClosedEntropy } from "./closedForms";

/** The key of log q of a node among the terms. */
export function entropyKey(node: string): string {
  return `entropy:${node}`;
}

/**
 * The summands of a trace's loss by key, each `[S, B']`; under an objective with entropy, log q of every node too, or what stands for it.
 */
export function termsOf(
  trace: Trace,
  objective: Objective,
  shape: [number, number],
  closed: ClosedForms,
): Map<string, tf.Tensor> {
  const terms = closedTerms(trace, shape, closed);
  if (objective.entropy) {
    for (const { name, distribution, value } of trace.nodes.values()) {
      if (!hasClosedEntropy(closed, name)) terms.set(entropyKey(name), spread(distribution.logProb(value), shape));
    }
  }
  return terms;
}

/** The terms that the model's text adds, the prior of some nodes as the divergence from it; and minus the entropy of some. */
export function closedTerms(trace: Trace, shape: [number, number], closed: ClosedForms): Map<string, tf.Tensor> {
  const terms = new Map(
    trace.terms.map(({ key, kind, name, value, distribution }) => {
      if (kind !== "prior" || !closed.divergence.has(name)) return [key, spread(value, shape)];
      return [`kl:${name}`, spread(klDivergence(trace.nodes.get(name)!.distribution, distribution!)!, shape)];
    }),
  );
  for (const name of closed.entropy)
    terms.set(`negentropy:${name}`, spread(tf.neg(entropy(trace.nodes.get(name)!.distribution)!), shape));
  return terms;
}

/** Σ of tensors, zeros for none. Recorded as one operation whose gradient towards each is the gradient itself. */
export function sum(tensors: readonly tf.Tensor[], shape: readonly number[]): tf.Tensor {
  const [first, ...others] = tensors;
  if (!first) return tf.zeros([...shape]);
  if (others.length === 0) return first;
  const total = (): tf.Tensor => others.reduce((sofar, next) => tf.add(sofar, next), first);
  if (!tensors.every((tensor) => tensor.dtype === "float32" && sameShape(tensor.shape, first.shape))) return total();
  const inputs = Object.fromEntries(tensors.map((tensor, i) => [`term${i}`, tensor]));
  return customOp(
    "SumOfTerms",
    inputs,
    total,
    (dy) => Object.fromEntries(Object.keys(inputs).map((key) => [key, () => dy])),
    { plain: total },
  );
}

/** The tensor itself where it has the shape, else broadcast to it. */
export function spread(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return sameShape(x.shape, shape) ? x : tf.broadcastTo(x, [...shape]);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
