import { GradlensError } from "../errors";
import type { Split } from "./dataset";
import { deriveKey, permutation } from "./random";
import { exampleLength } from "./split";

/** One input of a batch: a copy, so that nobody can change the data set through it. */
export interface BatchArray {
  /** With the leading axis of examples: `[B, …]`. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Batch {
  readonly size: number;
  /** Which examples of the split, in the batch's order. */
  readonly indices: Uint32Array;
  readonly inputs: Readonly<Record<string, BatchArray>>;
}

/** A batch with its place in training. */
export interface TrainingBatch extends Batch {
  readonly step: number;
  readonly epoch: number;
}

interface Shuffle {
  readonly key: number;
  readonly order: Uint32Array;
}

const lastShuffle = new WeakMap<Split, Shuffle>();

/** Whole batches in one epoch: floor(size / batchSize). Throws when the batch is larger than the split. */
export function batchesPerEpoch(split: Split, batchSize: number): number {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new GradlensError("GL2040", `the batch size must be a whole number of at least 1, got ${batchSize}`, {
      usage: true,
    });
  }
  if (batchSize > split.size) {
    throw new GradlensError(
      "GL2041",
      `a batch of ${batchSize} examples needs at least as many in the training set, which has ${split.size}; choose a batch size of at most ${split.size}`,
      { usage: true },
    );
  }
  return Math.floor(split.size / batchSize);
}

/**
 * The training batch of a step: a pure function of its arguments, so a resumed run sees the batches it would have seen.
 * Epoch e = floor(step / batchesPerEpoch) visits the examples in its own uniform permutation, drawn from (seed, e).
 * When batchSize does not divide the size, the size mod batchSize examples at the permutation's end sit that epoch out;
 * each epoch's new permutation leaves out others, so in the long run all are visited equally often.
 *
 * @param examples only the batch's first ones
 */
export function batchAt(
  split: Split,
  batchSize: number,
  seed: number,
  step: number,
  examples = batchSize,
): TrainingBatch {
  const perEpoch = batchesPerEpoch(split, batchSize);
  const epoch = Math.floor(step / perEpoch);
  const start = (step - epoch * perEpoch) * batchSize;
  const indices = epochOrder(split, deriveKey(seed, epoch)).slice(start, start + Math.min(examples, batchSize));
  return { ...gather(split, indices), step, epoch };
}

/** All examples once, in the split's order; the last batch holds what remains and may be smaller. For evaluation. */
export function* sequentialBatches(split: Split, batchSize: number): Generator<Batch> {
  for (let start = 0; start < split.size; start += batchSize) {
    const size = Math.min(batchSize, split.size - start);
    yield gather(
      split,
      Uint32Array.from({ length: size }, (_, offset) => start + offset),
    );
  }
}

/** The examples of the given indices, copied, in the given order. */
export function gather(split: Split, indices: Uint32Array): Batch {
  const inputs: Record<string, BatchArray> = {};
  for (const [name, array] of Object.entries(split.inputs)) {
    const length = exampleLength(array.shape);
    const values = new Float32Array(indices.length * length);
    indices.forEach((example, row) => {
      if (example >= split.size) {
        throw new GradlensError("GL2042", `example ${example} was asked of a split of ${split.size}`);
      }
      values.set(array.values.subarray(example * length, (example + 1) * length), row * length);
    });
    inputs[name] = { shape: [indices.length, ...array.shape], values };
  }
  return { size: indices.length, indices, inputs };
}

/** The permutation of an epoch; only the last one of each split is kept. */
function epochOrder(split: Split, key: number): Uint32Array {
  const kept = lastShuffle.get(split);
  if (kept !== undefined && kept.key === key) {
    return kept.order;
  }
  const order = permutation(split.size, key);
  lastShuffle.set(split, { key, order });
  return order;
}
