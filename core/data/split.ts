import { GradlensError } from "../errors";
import type { DataArray, Split } from "./dataset";

/** Number of numbers in one example. */
export function exampleLength(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** A split whose arrays are checked to hold the same number of examples. */
export function makeSplit(
  size: number,
  inputs: Readonly<Record<string, DataArray>>,
  labels?: Uint8Array | undefined,
): Split {
  for (const [name, array] of Object.entries(inputs)) {
    const expected = size * exampleLength(array.shape);
    if (array.values.length !== expected) {
      throw new GradlensError(
        "GL2060",
        `input ${name} of ${size} examples of shape [${array.shape.join(", ")}] needs ${expected} numbers, got ${array.values.length}`,
      );
    }
  }
  return { size, inputs, ...(labels ? { labels } : {}) };
}

/** Examples start … end − 1 of a split, sharing its memory. */
export function sliceSplit(split: Split, start: number, end: number): Split {
  const inputs: Record<string, DataArray> = {};
  for (const [name, array] of Object.entries(split.inputs)) {
    const length = exampleLength(array.shape);
    inputs[name] = { ...array, values: array.values.subarray(start * length, end * length) };
  }
  const labels = split.labels?.subarray(start, end);
  return { size: Math.min(end, split.size) - start, inputs, ...(labels ? { labels } : {}) };
}

/** The first `limit` examples in memory of their own, or the split itself when it has no more than that. */
export function limitSplit(split: Split, limit: number | undefined): Split {
  if (limit === undefined || split.size <= checkLimit(limit)) {
    return split;
  }
  const part = sliceSplit(split, 0, limit);
  const inputs: Record<string, DataArray> = {};
  for (const [name, array] of Object.entries(part.inputs)) {
    inputs[name] = { ...array, values: array.values.slice() };
  }
  return { ...part, inputs };
}

/** The limit itself, once it is a positive whole number. */
export function checkLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new GradlensError("GL2061", `the limit of examples must be a whole number of at least 1, got ${limit}`, {
      usage: true,
    });
  }
  return limit;
}

/** One-hot rows `[size, classes]` of class indices. */
export function oneHot(indices: ArrayLike<number>, classes: number): Float32Array {
  const values = new Float32Array(indices.length * classes);
  for (let row = 0; row < indices.length; row++) {
    values[row * classes + (indices[row] as number)] = 1;
  }
  return values;
}
