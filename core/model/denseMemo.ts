import { detach } from "../backends/detach";
import type { tf } from "../backends/tf";

let outputs: Map<string, tf.Tensor> | null = null;

/**
 * Runs `f` with dense layers remembering what they made of which tensor, so that the passes of one estimate (sampled, mean-field, with
 * a value replaced) multiply the data by a layer's weight once. Parameters stand still meanwhile. Nothing is kept alive for it.
 */
export function withDenseMemo<T>(f: () => T): T {
  const outer = outputs;
  outputs = new Map();
  try {
    return f();
  } finally {
    outputs = outer;
  }
}

/** The layer's output for that very tensor: made by `compute` unless it is known and still there. */
export function remembered(layer: string, input: tf.Tensor, compute: () => tf.Tensor): tf.Tensor {
  if (!outputs) return compute();
  const key = `${layer}\n${input.id}`;
  const known = outputs.get(key);
  if (known && !known.isDisposed) return detach(known);
  const made = compute();
  outputs.set(key, made);
  return made;
}
