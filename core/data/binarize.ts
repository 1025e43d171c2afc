import type { Batch } from "./batches";
import type { Binarization } from "./dataset";
import { deriveKey, uniformStream, type UniformStream } from "./random";

/**
 * Stochastic binarisation: 1 where uniform(i) < values[i], else 0, so that each pixel's mean is its grey value.
 * Values 0 and 1 are kept for certain, because the stream lies in [0, 1).
 */
export function binarize(values: Float32Array, uniform: UniformStream): Float32Array {
  const bits = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    bits[index] = value > 0 && (value >= 1 || uniform(index) < value) ? 1 : 0;
  }
  return bits;
}

/** The stream that binarises the batch of a step: the same for the same seed and step, independent between steps. */
export function binarizationStream(seed: number, step: number): UniformStream {
  return uniformStream(deriveKey(seed, step, 0xb1a7));
}

/** The batch with its `x` binarised as the data set asks; a data set with binarization `none` gets its batch back. */
export function binarizeBatch<B extends Batch>(batch: B, binarization: Binarization, uniform: UniformStream): B {
  const x = batch.inputs["x"];
  if (binarization === "none" || x === undefined) {
    return batch;
  }
  return { ...batch, inputs: { ...batch.inputs, x: { shape: x.shape, values: binarize(x.values, uniform) } } };
}
