import assert from "node:assert/strict";
import { test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { tf } from "../../../core/backends/tf";

test("tensors have chained methods and the back end shares our engine", async () => {
  await tf.setBackend("cpu");
  const x = tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);
  const y: tf.Tensor = x.mul(x).sum(-1).add(1).reshape([2, 1]).transpose();
  assert.deepEqual(y.shape, [1, 2]);
  assert.deepEqual([...y.dataSync()], [6, 26]);
  assert.equal(tf.engine().backendName, "cpu");
});

test("gradients flow through chained methods", async () => {
  await tf.setBackend("cpu");
  const gradient = tf.grad((x) => x.square().sum().asScalar())(tf.tensor1d([1, -2]));
  assert.deepEqual([...gradient.dataSync()], [2, -4]);
});
