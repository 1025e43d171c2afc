import { tf } from "../backends/tf";
import type { Trace } from "../graph/trace";
import type { Objective } from "../objectives/objective";

/** The key of log q of a node among the terms. */
export function entropyKey(node: string): string {
  return `entropy:${node}`;
}

/** The summands of a trace's loss by key, each `[S, B']`; under an objective with entropy, log q of every node too. */
export function termsOf(trace: Trace, objective: Objective, shape: [number, number]): Map<string, tf.Tensor> {
  const terms = new Map<string, tf.Tensor>(trace.terms.map((term) => [term.key, tf.broadcastTo(term.value, shape)]));
  if (objective.entropy) {
    for (const { name, distribution, value } of trace.nodes.values()) {
      terms.set(entropyKey(name), tf.broadcastTo(distribution.logProb(value), shape));
    }
  }
  return terms;
}

/** Σ of tensors, zeros for none. */
export function sum(tensors: readonly tf.Tensor[], shape: readonly number[]): tf.Tensor {
  if (tensors.length === 0) return tf.zeros([...shape]);
  return tensors.slice(1).reduce((total, next) => tf.add(total, next), tensors[0]!);
}
