import { tf } from "../backends/tf";
import { GradlensError } from "../errors";

/** What a distribution's parameter may be given as. */
export type ParameterLike = tf.Tensor | number | readonly number[] | readonly (readonly number[])[];

/** A distribution's parameter as a float tensor of at least `eventRank` axes. */
export function tensorParameter(
  distribution: string,
  name: string,
  given: ParameterLike,
  eventRank: number,
): tf.Tensor {
  let x: tf.Tensor;
  try {
    x = given instanceof tf.Tensor ? given : tf.tensor(given as tf.TensorLike, undefined, "float32");
  } catch (cause) {
    throw new GradlensError(
      "GL1140",
      `${distribution} needs a number, an array or a tensor as ${name}, got ${typeof given}`,
      { cause },
    );
  }
  while (x.rank < eventRank) x = tf.expandDims(x, 0);
  return x.dtype === "float32" ? x : x.toFloat();
}

/** The one parameterisation given of two; both or none is an error. */
export function oneOf<A, B>(
  distribution: string,
  nameA: string,
  a: A | undefined,
  nameB: string,
  b: B | undefined,
): { a: A } | { b: B } {
  if (a !== undefined && b === undefined) return { a };
  if (b !== undefined && a === undefined) return { b };
  throw new GradlensError(
    "GL1141",
    `${distribution} needs either ${nameA} or ${nameB}, got ${a === undefined ? "neither" : "both"}`,
  );
}

/** Allowed float32 numbers, both ends among them; a number that is none lies in no interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const LARGEST = (2 - 2 ** -23) * 2 ** 127;

export const intervals = {
  number: { low: -Infinity, high: Infinity },
  finite: { low: -LARGEST, high: LARGEST },
  above0: { low: 2 ** -149, high: LARGEST },
  unit: { low: 0, high: 1 },
  insideUnit: { low: 2 ** -149, high: 1 - 2 ** -24 },
} as const satisfies Readonly<Record<string, Interval>>;

/** Elements from which on adding them up beats reading them one by one. */
const MANY = 1024;

/** The first element outside an interval, as `firstWhere` has it. Every step of training asks, so it takes few passes. */
export function firstOutside(x: tf.Tensor, { low, high }: Interval): number | null {
  // A sum is finite only where all of its terms are; one that is not may have overflowed, and is looked at entry by entry.
  if (x.size > MANY && low === -high && Number.isFinite(tf.tidy(() => tf.sum(x).dataSync()[0]!))) return null;
  const values = x.dataSync();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) return readable(value);
  }
  return null;
}

/** The first element for which `bad` holds, to the seven digits that float32 keeps, or null. Reads the tensor back. */
export function firstWhere(x: tf.Tensor, bad: (value: number) => boolean): number | null {
  const values = x.dataSync();
  for (let i = 0; i < values.length; i++) if (bad(values[i]!)) return readable(values[i]!);
  return null;
}

function readable(value: number): number {
  return Number(value.toPrecision(7));
}
