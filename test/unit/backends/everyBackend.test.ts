import assert from "node:assert/strict";
import { customOp } from "../../../core/backends/customOp";
import { detach } from "../../../core/backends/detach";
import { adamUpdate } from "../../../core/backends/fused/optimizerUpdates";
import { backends } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { onBackends } from "./onBackends";

/** One test per back end. */
function onEveryBackend(title: string, body: () => Promise<void>): void {
  onBackends(
    backends.map(({ id }) => id),
    title,
    body,
  );
}

async function assertValues(tensor: tf.Tensor, expected: number[]): Promise<void> {
  const found = [...(await tensor.data())];
  assert.equal(found.length, expected.length);
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < 1e-5, `expected ${expected.join()}, got ${found.join()}`),
  );
}

onEveryBackend("detach stops gradients and leaves nothing behind", async () => {
  const tensors = tf.memory().numTensors;
  const buffers = tf.memory().numDataBuffers;
  for (let i = 0; i < 20; i++) {
    const [x, gradient] = tf.tidy(() => {
      const point = tf.tensor1d([3, -1]);
      return [point, tf.grad((y) => tf.sum(tf.mul(detach(tf.cast(tf.less(y, 0), "float32")), tf.square(y))))(point)];
    });
    await assertValues(gradient!, [0, -2]);
    tf.dispose([x!, gradient!]);
  }
  assert.equal(tf.memory().numTensors, tensors);
  assert.equal(tf.memory().numDataBuffers, buffers);
});

onEveryBackend("a detached tensor outlives its source", async () => {
  const source = tf.tensor1d([3, -1]);
  const detached = detach(source);
  source.dispose();
  await assertValues(detached, [3, -1]);
});

onEveryBackend("custom operations differentiate through intermediate tensors", async () => {
  const cube = (a: tf.Tensor): tf.Tensor =>
    customOp(
      "cube",
      { a },
      (save) => {
        save([a]);
        return tf.mul(tf.square(a), a);
      },
      (dy, [saved]) => ({ a: () => tf.mul(dy, tf.mul(3, tf.square(saved!))) }),
    );
  await assertValues(tf.grad((x) => tf.sum(cube(tf.mul(x, 2))))(tf.tensor1d([1, -0.5])), [24, 6]);
});

onEveryBackend("whole numbers are transposed, and read at once", async () => {
  const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], "int32");
  const found = tf.tidy(() => tf.transpose(tf.add(x, x), [1, 2, 0]).dataSync());
  assert.deepEqual([...found], [2, 10, 4, 12, 6, 14, 8, 16]);
});

onEveryBackend("two hundred steps of training keep tensors and buffers flat", async () => {
  const [weight, m, v] = [0, 1, 2].map(() => tf.tidy(() => tf.variable(tf.zeros([3, 2])))) as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  const x = tf.tensor2d([
    [1, 2, 0],
    [0, 1, -1],
  ]);
  const step = (number: number): void =>
    tf.tidy(() => {
      const gradient = tf.grad((w) => tf.sum(tf.square(tf.sub(tf.matMul(x, w as tf.Tensor2D), 1))))(weight);
      adamUpdate(weight, gradient, m, v, { learningRate: 0.05, step: number, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    });
  step(1);
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  for (let number = 2; number <= 200; number++) step(number);
  const after = tf.memory();
  assert.deepEqual([after.numTensors, after.numDataBuffers, after.numBytes], [numTensors, numDataBuffers, numBytes]);
  const loss = await tf.tidy(() => tf.sum(tf.square(tf.sub(tf.matMul(x, weight as unknown as tf.Tensor2D), 1)))).data();
  assert.ok(loss[0]! < 1e-2, `loss ${loss[0]}`);
});
