import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { affine } from "../../../../core/backends/fused/affine";
import { assertClose, normals } from "../fused/compare";
import { onBackends } from "../onBackends";

/** The same computation in plain JavaScript, then on TensorFlow's library; skipped with the reason where that is not. */
function equals(title: string, computations: () => readonly (() => tf.Tensor)[]): void {
  onBackends(["tensorflow"], title, async () => {
    for (const compute of computations()) {
      await useBackend("cpu");
      const expected = compute();
      const values = expected.dataSync();
      await useBackend("tensorflow");
      const found = compute();
      assertClose(tf.reshape(found, [-1]), values, 2e-6);
      if (found.shape.join() !== expected.shape.join())
        throw new Error(`${found.shape.join()} for ${expected.shape.join()}`);
    }
  });
}

equals("dense layers over any leading axes equal the reference on TensorFlow's library", () =>
  [[], [10], [1, 10], [3, 10], [2, 1, 5], [0]].map(
    (outer) => () => affine(normals([...outer, 7], 1), normals([7, 4], 2) as tf.Tensor2D, normals([4], 3)),
  ),
);

equals("fused products with transposes and activations equal the reference on TensorFlow's library", () =>
  (
    [
      [false, false, "linear"],
      [true, false, "linear"],
      [false, true, "linear"],
      [true, true, "relu"],
    ] as const
  ).map(
    ([transposeA, transposeB, activation]) =>
      () =>
        tf.fused.matMul({
          a: normals(transposeA ? [7, 10] : [10, 7], 1) as tf.Tensor2D,
          b: normals(transposeB ? [4, 7] : [7, 4], 2) as tf.Tensor2D,
          bias: normals([4], 3),
          ...{ transposeA, transposeB, activation },
        }),
  ),
);

equals("sums and means over every set of axes equal the reference on TensorFlow's library", () =>
  [[0], [1], [2], [0, 1], [0, 2], [0, 1, 2], [-1], []].flatMap((axes) =>
    [false, true].flatMap((keep) => [
      () => tf.sum(normals([5, 6, 7], 1), axes, keep),
      () => tf.mean(normals([5, 6, 7], 1), axes, keep),
    ]),
  ),
);

equals("reshapes and other types equal the reference on TensorFlow's library", () => [
  () => tf.reshape(normals([5, 6], 1), [3, 1, 10]),
  () => tf.reshape(normals([1, 1], 1), []),
  () => tf.reshape(tf.tensor1d([1, 2, 3, 4], "int32"), [2, 2]).toFloat(),
  () => tf.sum(tf.tensor1d([1, 2, 3, 4], "int32")).toFloat(),
  () => tf.mean(tf.tensor1d([1, 2, 3, 4], "int32")),
]);

equals("gathering along any axis, counted from either end, equals the reference on TensorFlow's library", () =>
  [0, 1, 2, -1, -2, -3].map((axis) => () => tf.gather(normals([2, 3, 4], 1), tf.tensor1d([1, 0, 1], "int32"), axis)),
);
