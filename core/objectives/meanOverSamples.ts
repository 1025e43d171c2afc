import { tf } from "../backends/tf";

/** The mean over S of `[S, …]`; of one sample, the sample. */
export function meanOverSamples(x: tf.Tensor): tf.Tensor {
  return x.shape[0] === 1 ? tf.reshape(x, x.shape.slice(1)) : tf.mean(x, 0);
}
