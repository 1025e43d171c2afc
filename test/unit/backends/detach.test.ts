import assert from "node:assert/strict";
import { before, test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { detach } from "../../../core/backends/detach";
import { tf } from "../../../core/backends/tf";

before(() => tf.setBackend("cpu"));

test("no gradient flows through a detached tensor", () => {
  const gradient = tf.grad((x) => tf.mul(detach(tf.square(x)), x).sum())(tf.tensor1d([3, -1]));
  assert.deepEqual([...gradient.dataSync()], [9, 1]);
});

test("operations without a gradient may stand behind a detached tensor", () => {
  const gradient = tf.grad((x) => tf.mul(detach(tf.cast(tf.less(x, 0), "float32")), x).sum())(tf.tensor1d([3, -1]));
  assert.deepEqual([...gradient.dataSync()], [0, 1]);
});

test("a detached tensor outlives its source and leaves nothing behind", () => {
  const tensors = tf.memory().numTensors;
  const bytes = tf.memory().numBytes;
  const source = tf.tensor1d([3, -1]);
  const detached = detach(source);
  source.dispose();
  assert.deepEqual([...detached.dataSync()], [3, -1]);
  detached.dispose();
  for (let i = 0; i < 100; i++) {
    tf.dispose(tf.tidy(() => tf.grad((x) => detach(x.square()).mul(x).sum())(tf.tensor1d([i]))));
  }
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(tf.memory().numBytes, bytes);
});

test("a detached variable keeps its old value after an assignment", () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const detached = detach(variable);
  variable.assign(tf.tensor1d([5, 6]));
  assert.deepEqual([...detached.dataSync()], [1, 2]);
  assert.deepEqual([...variable.dataSync()], [5, 6]);
  tf.dispose([variable, detached]);
});
