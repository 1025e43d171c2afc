import type { tf } from "../backends/tf";
import type { Trace } from "../graph/trace";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import { withHandler } from "../model/traceContext";
import { isolate } from "./isolate";

/**
 * log q of the guide's nodes as functions of the drawn values alone, the guide's parameters standing still: φ' = stop(φ) of seed 4,
 * algorithm 2, where a node's distribution depends on other nodes. One more run of the guide.
 *
 * @returns by node, the shape of its log-probability
 */
export function pathLogProbs(
  functions: ModelFunctions,
  data: DataInputs,
  trace: Trace,
): ReadonlyMap<string, tf.Tensor> {
  const found = new Map<string, tf.Tensor>();
  if (!("guide" in functions)) return found;
  const seen = [...trace.nodes.values()].map((node) => node.seen);
  isolate(seen, () =>
    withHandler(
      {
        sample({ name, distribution }) {
          const value = trace.nodes.get(name)!.seen;
          found.set(name, distribution.logProb(value));
          return value;
        },
        observe: () => undefined,
        cost: () => undefined,
      },
      () => functions.guide(data as never),
    ),
  );
  return found;
}
