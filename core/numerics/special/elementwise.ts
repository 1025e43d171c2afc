import { customOp } from "../../backends/customOp";
import { tf } from "../../backends/tf";

/** A tensor's numbers, read so that the read does not count as a model's own (which would hide what depends on what). */
export function valuesOf(x: tf.Tensor): tf.TypedArray {
  return tf.engine().readSync(x.dataId) as tf.TypedArray;
}

/**
 * f applied element by element in double precision, the result rounded to float32; shapes are broadcast. A constant: call it inside
 * the forward part of a custom operation that states the gradient.
 *
 * @param f gets one number per tensor
 */
export function elementwise(f: (...x: number[]) => number, ...tensors: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => {
    const shape = broadcastShape(tensors);
    const [a, b, c] = tensors.map((x) => valuesOf(x.shape.join() === shape.join() ? x : tf.broadcastTo(x, [...shape])));
    const size = shape.reduce((product, axis) => product * axis, 1);
    const out = new Float32Array(size);
    if (c) for (let i = 0; i < size; i++) out[i] = f(a![i]!, b![i]!, c[i]!);
    else if (b) for (let i = 0; i < size; i++) out[i] = f(a![i]!, b[i]!);
    else for (let i = 0; i < size; i++) out[i] = f(a![i]!);
    return tf.tensor(out, [...shape]);
  });
}

/** The common shape of tensors under broadcasting. */
export function broadcastShape(tensors: readonly tf.Tensor[]): readonly number[] {
  return tensors.reduce<readonly number[]>(
    (shape, x) => tf.broadcast_util.assertAndGetBroadcastShape([...shape], x.shape),
    [],
  );
}

/**
 * An operation of one tensor: f element by element in double precision.
 *
 * @param backward the gradient from dy and the input, of operations that can be differentiated again
 */
export function unaryOp(
  name: string,
  x: tf.Tensor,
  f: (x: number) => number,
  backward: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  return customOp(
    name,
    { x },
    (save) => {
      save([x]);
      return elementwise(f, x);
    },
    (dy, [saved]) => ({ x: () => backward(dy, saved!) }),
  );
}
