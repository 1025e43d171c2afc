import assert from "node:assert/strict";
import { before, test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { customOp } from "../../../core/backends/customOp";
import { tf } from "../../../core/backends/tf";

before(() => tf.setBackend("cpu"));

/** a²b with a count of the gradients that were asked for. */
function squareTimes(a: tf.Tensor, b: tf.Tensor, asked: string[] = []): tf.Tensor {
  return customOp(
    "squareTimes",
    { a, b },
    (save) => {
      save([a, b]);
      return tf.mul(tf.square(a), b);
    },
    (dy, [savedA, savedB]) => ({
      a: () => (asked.push("a"), tf.mul(dy, tf.mul(tf.mul(2, savedA!), savedB!))),
      b: () => (asked.push("b"), tf.mul(dy, tf.square(savedA!))),
    }),
  );
}

test("a custom operation has the gradient it states", () => {
  const [da, db] = tf.grads((a, b) => squareTimes(a, b).sum())([tf.tensor1d([3, -1]), tf.tensor1d([2, 5])]);
  assert.deepEqual([...da!.dataSync()], [12, -10]);
  assert.deepEqual([...db!.dataSync()], [9, 1]);
});

test("the gradient towards a constant is never computed", () => {
  const asked: string[] = [];
  const constant = tf.tensor1d([2, 5]);
  tf.grad((a) => squareTimes(a, constant, asked).sum())(tf.tensor1d([3, -1]));
  assert.deepEqual(asked, ["a"]);
});

test("a custom operation can be differentiated twice", () => {
  const b = tf.tensor1d([2, 5]);
  const second = tf.grad((x) =>
    tf
      .grad((a) => squareTimes(a, b).sum())(x)
      .sum(),
  )(tf.tensor1d([3, -1]));
  assert.deepEqual([...second.dataSync()], [4, 10]);
});

test("a custom operation leaves no tensor behind, with and without a tape", () => {
  const a = tf.tensor1d([3, -1]);
  const b = tf.tensor1d([2, 5]);
  const tensors = tf.memory().numTensors;
  const buffers = tf.memory().numDataBuffers;
  for (let i = 0; i < 20; i++) {
    squareTimes(a, b).dispose();
    tf.grad((x) => squareTimes(x, b).sum())(a).dispose();
  }
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(tf.memory().numDataBuffers, buffers);
});
