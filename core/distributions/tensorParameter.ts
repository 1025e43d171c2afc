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

/** The first element for which `bad` holds, to the seven digits that float32 keeps, or null. Reads the tensor back. */
export function firstWhere(x: tf.Tensor, bad: (value: number) => boolean): number | null {
  const values = x.dataSync();
  for (let i = 0; i < values.length; i++) if (bad(values[i]!)) return Number(values[i]!.toPrecision(7));
  return null;
}
