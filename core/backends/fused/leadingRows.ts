import { tf } from "../tf";

/** How operands of one operation on rows line up: how many rows each holds, and the shape of one value per row. */
export interface Rows {
  readonly a: number;
  readonly b: number;
  readonly rows: number;
  readonly shape: number[];
}

/**
 * Lines up two tensors whose last `inner` axes are equal and whose leading axes broadcast by starting over: one's leading
 * axes, ones stripped, end the other's. That is all that fused kernels read in place.
 *
 * @returns null for any other broadcast
 */
export function leadingRows(a: tf.Tensor, b: tf.Tensor, inner: number): Rows | null {
  if (a.rank < inner || b.rank < inner) return null;
  const [innerA, innerB] = [a.shape.slice(a.rank - inner), b.shape.slice(b.rank - inner)];
  if (innerA.some((size, axis) => size !== innerB[axis]) || innerA.includes(0)) return null;
  const [outerA, outerB] = [a.shape.slice(0, a.rank - inner), b.shape.slice(0, b.rank - inner)];
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  if (!startsOver(outerA, shape) || !startsOver(outerB, shape)) return null;
  const count = (sizes: number[]): number => sizes.reduce((product, size) => product * size, 1);
  return { a: count(outerA), b: count(outerB), rows: count(shape), shape };
}

function startsOver(outer: number[], shape: number[]): boolean {
  const stripped = outer.slice(
    outer.findIndex((size) => size !== 1) < 0 ? outer.length : outer.findIndex((size) => size !== 1),
  );
  return stripped.every((size, i) => size === shape[shape.length - stripped.length + i]);
}
