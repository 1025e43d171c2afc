import type { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import type { ParameterStore } from "./parameterStore";

/**
 * What `parameter` and `dense` need while a model's text is built. With a recorder, the gradient of every row (example × replicate)
 * is kept apart: raw parameters are handed out with an axis of rows, dense layers report their inputs and output gradients.
 */
export interface BuildContext {
  readonly store: ParameterStore;
  readonly names: Set<string>;
  readonly denseNames: Set<string>;
  readonly rows: RowRecorder | null;
}

/** Collects what is needed of every row's gradient during one backward pass. */
export interface RowRecorder {
  /** B': the number of rows. */
  readonly numRows: number;
  /** A scalar whose only use is that gradients flow towards it, so that layers are visited by the backward pass. */
  readonly root: tf.Tensor;
  /** A tensor `[1, B', …shape]` that stands for the parameter in every row. */
  raw(name: string, variable: tf.Variable): tf.Tensor;
  /**
   * One use of a dense layer: inputs `[C·B', inputs]` and output gradients `[C·B', units]`, C samples of every row.
   * The recorder keeps the tensors.
   */
  dense(layer: string, inputs: tf.Tensor2D, outputGradients: tf.Tensor2D, mask: tf.Tensor2D | null): void;
  /** An input's shape does not say which of its vectors belongs to which row: the outcome wants a look. */
  unsure(): void;
}

let active: BuildContext | null = null;

/** Runs `build` with `parameter` and `dense` bound to a store. */
export function withBuildContext<T>(context: BuildContext, build: () => T): T {
  if (active)
    throw new GradlensError(
      "GL1104",
      "defineModel was called inside another model's build function; define models side by side",
    );
  active = context;
  try {
    return build();
  } finally {
    active = null;
  }
}

export function buildContext(call: string): BuildContext {
  if (!active)
    throw new GradlensError(
      "GL1105",
      `${call} was called outside a model's build function; call it inside defineModel(name, () => …)`,
    );
  return active;
}
