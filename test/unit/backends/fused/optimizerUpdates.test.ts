import assert from "node:assert/strict";
import { test } from "node:test";
import { detach } from "../../../../core/backends/detach";
import { adamUpdate, descentUpdate, momentumUpdate } from "../../../../core/backends/fused/optimizerUpdates";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { assertClose, normals } from "./compare";
import { onFusedBackends } from "./onFusedBackends";

const adam = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Five steps of each optimiser on one back end. */
async function train(backend: string): Promise<tf.Tensor[]> {
  await useBackend(backend);
  const state = [0, 1, 2, 3, 4, 5].map((i) =>
    tf.variable([0, 3, 5].includes(i) ? normals([5, 7], 9) : tf.zeros([5, 7])),
  );
  const [p, m, v, q, velocity, r] = state as [
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
    tf.Variable,
  ];
  for (let step = 1; step <= 5; step++) {
    const gradient = normals([5, 7], step);
    adamUpdate(p, gradient, m, v, { ...adam, step });
    momentumUpdate(q, gradient, velocity, 0.1, 0.9);
    descentUpdate(r, gradient, 0.1);
  }
  return state;
}

onFusedBackends("fused updates equal the plain composition", async () => {
  const backend = tf.getBackend();
  const plain = (await train("cpu")).map((tensor) => tensor.dataSync());
  const fused = await train(backend);
  // The library forms 1 − β₂ from β₂ in float32, which moves Adam's second moment by 1.3e-5 of itself, and its steps by nothing.
  const tolerance = (i: number): number => (backend === "tensorflow" && i === 2 ? 2e-5 : 1e-6);
  fused.forEach((tensor, i) => assertClose(tensor, plain[i]!, tolerance(i)));
});

onFusedBackends("values that are assigned or shared are what the next update starts from", () => {
  const [p, m, v] = [0, 0, 0].map(() => tf.variable(tf.zeros([2]))) as [tf.Variable, tf.Variable, tf.Variable];
  const gradient = tf.tensor1d([1, -1]);
  adamUpdate(p, gradient, m, v, { ...adam, step: 1 });
  p.assign(tf.tensor1d([3, 4]));
  descentUpdate(p, gradient, 0.5);
  assertClose(p, [2.5, 4.5]);
  const shared = detach(p);
  descentUpdate(p, gradient, 0.5);
  descentUpdate(p, gradient, 0.5);
  assertClose(shared, [2.5, 4.5]);
  assertClose(p, [1.5, 5.5]);
});

test("Adam's first step moves every parameter by the learning rate against the gradient's sign", async () => {
  for (const backend of ["cpu", "wasm"]) {
    await useBackend(backend);
    const [p, m, v] = [1, 2, 3].map(() => tf.variable(tf.zeros([3]))) as [tf.Variable, tf.Variable, tf.Variable];
    adamUpdate(p, tf.tensor1d([2, -30, 0.5]), m, v, { ...adam, step: 1 });
    assertClose(p, [-0.01, 0.01, -0.01], 1e-5);
  }
});

onFusedBackends("an update never changes a tensor that shares a variable's data", () => {
  const variables = [0, 1, 2].map((i) => tf.variable(tf.fill([3], i))) as [tf.Variable, tf.Variable, tf.Variable];
  const shared = variables.map((variable) => detach(variable));
  adamUpdate(variables[0], tf.fill([3], 5), variables[1], variables[2], { ...adam, step: 1 });
  shared.forEach((tensor, i) => assert.deepEqual([...tensor.dataSync()], [i, i, i]));
  assert.notEqual(variables[0].dataSync()[0], 0);
  assert.notEqual(variables[1].dataSync()[0], 1);
});

onFusedBackends("updates leave no tensor behind", () => {
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
    descentUpdate(p, gradient, 0.1);
    shared.dispose();
  }
  const after = tf.memory();
  assert.deepEqual(
    [after.numTensors, after.numDataBuffers, after.numBytes],
    [before.numTensors, before.numDataBuffers, before.numBytes],
  );
});
