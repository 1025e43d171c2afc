import assert from "node:assert/strict";
import { test } from "node:test";
import { detach } from "../../../../core/backends/detach";
import { adamUpdate, momentumUpdate } from "../../../../core/backends/fused/optimizerUpdates";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { assertClose, normals } from "./compare";

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Five steps of each optimiser on one back end. */
async function train(backend: string): Promise<tf.Tensor[]> {
  await useBackend(backend);
  const state = [0, 1, 2, 3, 4].map((i) => tf.variable(i === 0 || i === 3 ? normals([5, 7], 9) : tf.zeros([5, 7])));
  const [p, m, v, q, velocity] = state as [tf.Variable, tf.Variable, tf.Variable, tf.Variable, tf.Variable];
  for (let step = 1; step <= 5; step++) {
    const gradient = normals([5, 7], step);
    adamUpdate(p, gradient, m, v, { ...adam, step });
    momentumUpdate(q, gradient, velocity, 0.1, 0.9);
  }
  return state;
}

test("fused Adam and momentum equal the plain composition", async () => {
  const plain = (await train("cpu")).map((tensor) => tensor.dataSync());
  const fused = await train("wasm");
  fused.forEach((tensor, i) => assertClose(tensor, plain[i]!, 1e-6));
});

test("Adam's first step moves every parameter by the learning rate against the gradient's sign", async () => {
  for (const backend of ["cpu", "wasm"]) {
    await useBackend(backend);
    const [p, m, v] = [1, 2, 3].map(() => tf.variable(tf.zeros([3]))) as [tf.Variable, tf.Variable, tf.Variable];
    adamUpdate(p, tf.tensor1d([2, -30, 0.5]), m, v, { ...adam, step: 1 });
    assertClose(p, [-0.01, 0.01, -0.01], 1e-5);
  }
});

test("an update never changes a tensor that shares a variable's data", async () => {
  await useBackend("wasm");
  const variables = [0, 1, 2].map((i) => tf.variable(tf.fill([3], i))) as [tf.Variable, tf.Variable, tf.Variable];
  const shared = variables.map((variable) => detach(variable));
  adamUpdate(variables[0], tf.fill([3], 5), variables[1], variables[2], { ...adam, step: 1 });
  shared.forEach((tensor, i) => assert.deepEqual([...tensor.dataSync()], [i, i, i]));
  assert.notEqual(variables[0].dataSync()[0], 0);
  assert.notEqual(variables[1].dataSync()[0], 1);
});

test("updates leave no tensor behind", async () => {
  await useBackend("wasm");
  const [p, m, v] = [1, 2, 3].map(() => tf.tidy(() => tf.variable(tf.zeros([9])))) as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  const gradient = tf.ones([9]);
  const before = tf.memory();
  for (let step = 1; step <= 20; step++) {
    const shared = detach(p);
    adamUpdate(p, gradient, m, v, { ...adam, step });
    momentumUpdate(p, gradient, m, 0.1, 0.9);
    shared.dispose();
  }
  const after = tf.memory();
  assert.deepEqual(
    [after.numTensors, after.numDataBuffers, after.numBytes],
    [before.numTensors, before.numDataBuffers, before.numBytes],
  );
});
