import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { GradlensError } from "../errors";

/** One recorded operation, as TensorFlow.js keeps it. */
export interface TapeNode {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly gradient?: (dys: tf.Tensor[]) => Readonly<Record<string, () => tf.Tensor>>;
  readonly saved?: readonly tf.Tensor[];
}

interface TapeEngine {
  startTape(): void;
  endTape(): void;
  readonly state: { activeTape: TapeNode[] | null; gradientDepth: number };
}

function tapeEngine(): TapeEngine {
  return tf.engine() as unknown as TapeEngine;
}

/** Runs `f` while every operation is recorded, nested gradients included. The recorded tensors live until `release`. */
export function record<T>(f: () => T): { readonly value: T; readonly tape: readonly TapeNode[]; release(): void } {
  const engine = tapeEngine();
  const outer = { tape: engine.state.activeTape, depth: engine.state.gradientDepth };
  // A tape of its own: an outer one would keep every tensor of this one alive, and record what it has no use for.
  const tape: TapeNode[] = [];
  engine.state.activeTape = tape;
  engine.state.gradientDepth = 1;
  const release = (): void => tape.forEach((node) => node.saved?.forEach((tensor) => tensor.dispose()));
  try {
    return { value: f(), tape, release };
  } catch (error) {
    release();
    throw error;
  } finally {
    engine.state.activeTape = outer.tape;
    engine.state.gradientDepth = outer.depth;
  }
}

/** Runs `f` with nothing recorded, on no tape. */
export function unrecorded<T>(f: () => T): T {
  const { state } = tapeEngine();
  const outer = { tape: state.activeTape, depth: state.gradientDepth };
  state.activeTape = null;
  state.gradientDepth = 0;
  try {
    return f();
  } finally {
    state.activeTape = outer.tape;
    state.gradientDepth = outer.depth;
  }
}

/**
 * Gradients of Σ dy·y with respect to tensors that existed before or during the recorded operations.
 *
 * @param dy weights of y's elements, y's shape; ones when left out
 * @param recorded record the backward pass on the running tape, for derivatives of derivatives; else the results are constants
 * @returns one tensor per `xs`, null where y does not depend on it
 * @throws GL1201 when the path leads through an operation that has no gradient
 */
export function gradients(
  tape: readonly TapeNode[],
  y: tf.Tensor,
  xs: readonly tf.Tensor[],
  dy?: tf.Tensor,
  recorded = false,
): (tf.Tensor | null)[] {
  return recorded ? backward(tape, y, xs, dy, true) : unrecorded(() => backward(tape, y, xs, dy, false));
}

function backward(
  tape: readonly TapeNode[],
  y: tf.Tensor,
  xs: readonly tf.Tensor[],
  dy: tf.Tensor | undefined,
  recorded: boolean,
): (tf.Tensor | null)[] {
  const fromXs = new Set<number>(xs.map((x) => x.id));
  const reached: boolean[] = tape.map((node) => {
    const hit = Object.values(node.inputs).some((input) => fromXs.has(input.id));
    if (hit) for (const output of node.outputs) fromXs.add(output.id);
    return hit;
  });
  const accumulated = new Map<number, tf.Tensor>([[y.id, dy ?? tf.onesLike(y)]]);
  const wanted = new Set<number>(xs.map((x) => x.id));
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i]!;
    if (!reached[i] || !node.outputs.some((output) => accumulated.has(output.id))) continue;
    if (!node.gradient)
      throw new GradlensError(
        "GL1201",
        `operation ${node.kernelName} has no gradient, but the estimator needs the derivative of the cost through it; use an estimator that only evaluates the cost, such as lr-c`,
      );
    const dys = node.outputs.map((output) => accumulated.get(output.id) ?? tf.zerosLike(output));
    const thunks = node.gradient(dys);
    for (const [name, input] of Object.entries(node.inputs)) {
      if (!fromXs.has(input.id)) continue;
      const thunk = thunks[name];
      if (!thunk) continue;
      const given = tf.tidy(thunk);
      // A reference of its own, since each is let go by itself.
      const dx = !dys.includes(given) ? given : recorded ? given.clone() : detach(given);
      const before = accumulated.get(input.id);
      accumulated.set(input.id, before ? tf.add(before, dx) : dx);
      before?.dispose();
      if (before) dx.dispose();
    }
    // An output's gradient is complete once its operation was visited, and is needed no more.
    for (const output of node.outputs) {
      if (wanted.has(output.id)) continue;
      const done = accumulated.get(output.id);
      if (done && done !== dy) done.dispose();
      accumulated.delete(output.id);
    }
  }
  return xs.map((x) => accumulated.get(x.id) ?? null);
}
