import { cutSaved } from "../backends/savedTensor";
import { tf } from "../backends/tf";
import type { TapeNode } from "./tape";

/** The operations recorded so far by the innermost `record`. */
export function activeTape(): readonly TapeNode[] {
  return (
    (tf.engine() as unknown as { readonly state: { readonly activeTape: TapeNode[] | null } }).state.activeTape ?? []
  );
}

/**
 * Runs `f` so that gradients of what it records reach the tensors in `open` and nothing else made before: parameters and data count as
 * constants in it, however deep in a model's text they are used. Call it while operations are recorded.
 */
export function isolate<T>(open: readonly tf.Tensor[], f: () => T): T {
  const first = activeTape().length;
  const result = f();
  const inside = new Set<number>(open.map((tensor) => tensor.id));
  for (const node of activeTape().slice(first)) {
    (node as { inputs: TapeNode["inputs"] }).inputs = Object.fromEntries(
      Object.entries(node.inputs).filter(([, input]) => inside.has(input.id)),
    );
    for (const output of node.outputs) inside.add(output.id);
    for (const saved of node.saved ?? []) if (!inside.has(saved.id)) cutSaved(tf.engine(), saved);
  }
  return result;
}
