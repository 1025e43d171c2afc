import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";

before(() => useBackend("cpu"));

for (const { shape, reps } of [
  { shape: [3], reps: [4] },
  { shape: [2, 3], reps: [1, 2] },
  { shape: [2, 1, 3], reps: [3, 4, 2] },
  { shape: [1, 2, 1, 2, 2], reps: [2, 1, 3, 2, 1] },
]) {
  test(`the gradient of tf.tile of [${shape.join(", ")}] by [${reps.join(", ")}] is the sum over the copies`, () => {
    const size = tf.util.sizeFromShape(shape);
    const x = tf.tensor(
      Float32Array.from({ length: size }, (_, i) => i),
      shape,
    );
    const tiled = tf.tile(x, reps);
    const weights = tf.tensor(
      Float32Array.from({ length: tiled.size }, (_, i) => Math.sin(i)),
      tiled.shape,
    );
    const found = tf
      .grad((v: tf.Tensor) => tf.sum(tf.mul(tf.tile(v, reps), weights)))(x)
      .dataSync();
    const expected = new Float64Array(size);
    // Element i of the tiled tensor is a copy of the element whose number it holds.
    tiled.dataSync().forEach((origin, i) => (expected[origin]! += weights.dataSync()[i]!));
    expected.forEach((value, i) =>
      assert.ok(Math.abs(found[i]! - value) < 1e-5, `${found[i]} at ${i}, expected ${value}`),
    );
  });
}
