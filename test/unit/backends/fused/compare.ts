import assert from "node:assert/strict";
import { tf } from "../../../../core/backends/tf";

/** Asserts that two tensors agree: |found − expected| ≤ tolerance (scale of expected), and disposes nothing. */
export function assertClose(found: tf.Tensor, expected: tf.Tensor | ArrayLike<number>, tolerance = 1e-6): void {
  const a = found.dataSync();
  const b = expected instanceof tf.Tensor ? expected.dataSync() : expected;
  if (expected instanceof tf.Tensor) assert.deepEqual(found.shape, expected.shape);
  assert.equal(a.length, b.length);
  let scale = 0;
  for (let i = 0; i < b.length; i++) if (Number.isFinite(b[i]!)) scale = Math.max(scale, Math.abs(b[i]!));
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    assert.ok(
      Math.abs(a[i]! - b[i]!) <= tolerance * Math.max(scale, 1e-30),
      `element ${i}: expected ${b[i]}, got ${a[i]}`,
    );
  }
}

/** Reproducible numbers of about unit size. */
export function normals(shape: number[], seed: number, scale = 1): tf.Tensor {
  return tf.mul(tf.randomNormal(shape, 0, 1, "float32", seed), scale);
}

/** Reproducible zeros and ones. */
export function bits(shape: number[], seed: number): tf.Tensor {
  return tf.cast(tf.less(tf.randomUniform(shape, 0, 1, "float32", seed), 0.5), "float32");
}
