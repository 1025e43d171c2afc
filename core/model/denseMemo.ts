import { detach } from "../backends/detach";
import { tf } from "../backends/tf";

interface Memo {
  readonly outputs: Map<string, tf.Tensor>;
  /** Alive until the end, whatever scope they were made in. */
  readonly kept: tf.Tensor[];
}

let memo: Memo | null = null;

/**
 * Runs `f` with dense layers remembering what they made of which tensor, so that the passes of one estimate (sampled, mean-field, with
 * a value replaced) multiply the data by a layer's weight once. Parameters stand still meanwhile. Nothing outlives it.
 */
export function withDenseMemo<T>(f: () => T): T {
  const outer = memo;
  const inner: Memo = { outputs: new Map(), kept: [] };
  memo = inner;
  try {
    return f();
  } finally {
    memo = outer;
    tf.dispose(inner.kept);
  }
}

/** The layer's output for that very tensor: made by `compute` unless it is known and still there. */
export function remembered(layer: string, input: tf.Tensor, compute: () => tf.Tensor): tf.Tensor {
  const known = lookUp(layer, input);
  if (known) return detach(known);
  const made = compute();
  memo?.outputs.set(keyOf(layer, input), made);
  return made;
}

/**
 * What copies of an input have in common, `[rows, outputs]`, whatever the input's shape: it stays until the estimate is done. Never a
 * result; read only.
 */
export function rememberedThroughout(layer: string, input: tf.Tensor, compute: () => tf.Tensor): tf.Tensor {
  const rows = `${layer}, rows`;
  const known = lookUp(rows, input);
  if (known) return known;
  const made = compute();
  if (!memo) return made;
  memo.outputs.set(keyOf(rows, input), tf.keep(made));
  memo.kept.push(made);
  return made;
}

function lookUp(layer: string, input: tf.Tensor): tf.Tensor | null {
  const known = memo?.outputs.get(keyOf(layer, input));
  return known && !known.isDisposed ? known : null;
}

function keyOf(layer: string, input: tf.Tensor): string {
  return `${layer}\n${input.id}`;
}
