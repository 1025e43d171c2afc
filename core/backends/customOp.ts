import type { NamedGradientMap } from "@tensorflow/tfjs-core/dist/tape";
import type { OwnAttributes, SeriesForm } from "./recordedOperations";
import { tf } from "./tf";

/** Keeps tensors for the backward pass; call it at most once. They are freed with the tape, or at once when there is none. */
export type Save = (tensors: tf.Tensor[]) => void;

/**
 * An operation with its own gradient: `forward` computes, `backward` maps the output's gradient to one thunk per input.
 *
 * Unlike `tf.customGrad`, a thunk runs only when its input depends on what is differentiated, so gradients towards data and
 * other constants cost nothing. Inside `forward` nothing is recorded; `backward` may be differentiated again.
 *
 * @param name shown by the profiler and in errors
 * @param inputs every tensor that a gradient may flow to, by name; the keys of `backward`'s answer are the same
 * @param backward `dy` has the output's shape; each thunk returns a float32 tensor of its input's shape
 * @param series how Taylor mode goes through it; without it, derivatives beyond the first take nested backward passes
 */
export function customOp<Inputs extends Record<string, tf.Tensor>>(
  name: string,
  inputs: Inputs,
  forward: (save: Save) => tf.Tensor,
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => { [Input in keyof Inputs]: () => tf.Tensor },
  series?: SeriesForm<Inputs>,
): tf.Tensor {
  const engine = tf.engine() as unknown as EngineWithFunctions;
  return engine.runKernelFunc({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: backward,
    attrs: { ownName: name, ...(series ? { series: series as unknown as SeriesForm } : {}) },
  });
}

/** The engine's entry for operations without a registered kernel, which its type declarations hide. */
interface EngineWithFunctions {
  runKernelFunc(invocation: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc: (backend: tf.KernelBackend, save: Save) => tf.Tensor;
    backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => NamedGradientMap;
    attrs: OwnAttributes;
  }): tf.Tensor;
}
