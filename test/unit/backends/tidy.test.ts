import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";

before(() => useBackend("cpu"));

test("tensors in the objects and arrays of a result outlive it, others do not, and typed arrays come back as they are", () => {
  const started = tf.memory().numTensors;
  const result = tidy(() => {
    tf.scalar(1);
    return { rows: [tf.scalar(2), { deeper: tf.scalar(3) }], values: new Float64Array([1, 2]), nothing: null };
  });
  assert.equal(tf.memory().numTensors, started + 2);
  assert.deepEqual(result.values, new Float64Array([1, 2]));
  tf.dispose([result.rows[0] as tf.Tensor, (result.rows[1] as { deeper: tf.Tensor }).deeper]);
  assert.equal(tf.memory().numTensors, started);
});
