import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import type { Trace } from "../graph/trace";
import type { Objective } from "../objectives/objective";

/** The key of log q of a node among the terms. */
export function entropyKey(node: string): string {
  return `entropy:${node}`;
}

/** The summands of a trace's loss by key, each `[S, B']`; under an objective with entropy, log q of every node too. */
export function termsOf(trace: Trace, objective: Objective, shape: [number, number]): Map<string, tf.Tensor> {
  const terms = new Map<string, tf.Tensor>(trace.terms.map((term) => [term.key, spread(term.value, shape)]));
  if (objective.entropy) {
    for (const { name, distribution, value } of trace.nodes.values()) {
      terms.set(entropyKey(name), spread(distribution.logProb(value), shape));
    }
  }
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
  return customOp("SumOfTerms", inputs, total, (dy) => Object.fromEntries(Object.keys(inputs).map((key) => [key, () => dy])));
}

/** The tensor itself where it has the shape, else broadcast to it. */
export function spread(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  return sameShape(x.shape, shape) ? x : tf.broadcastTo(x, [...shape]);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
