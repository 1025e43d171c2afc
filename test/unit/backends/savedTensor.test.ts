import assert from "node:assert/strict";
import { test } from "node:test";
import { customOp } from "../../../core/backends/customOp";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { isolate } from "../../../core/gradients/isolate";
import { gradients, record } from "../../../core/gradients/tape";

const functions: [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number][] = [
  ["exp", tf.exp, Math.exp],
  ["sigmoid", tf.sigmoid, (x) => (Math.exp(-x) / (1 + Math.exp(-x)) ** 2) * (1 - 2 / (1 + Math.exp(-x)))],
  ["tanh", tf.tanh, (x) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2)],
  ["exp + square", (x) => tf.add(tf.exp(x), tf.square(x)), (x) => Math.exp(x) + 2],
  ["a custom operation that saves its output", savesOutput, Math.exp],
];

function savesOutput(x: tf.Tensor): tf.Tensor {
  return customOp(
    "exp",
    { x },
    (save) => {
      const y = tf.exp(x);
      save([y]);
      return y;
    },
    (dy, [y]) => ({ x: () => tf.mul(dy, y!) }),
  );
}

for (const backend of ["cpu", "wasm"]) {
  test(`second derivatives through saved outputs are right on ${backend}`, async () => {
    await useBackend(backend);
    for (const [name, f, second] of functions) {
      const inner = tf.grad((x) => tf.sum(f(x)));
      const found = tf
        .grad((x) => tf.sum(inner(x)))(tf.tensor1d([0.7, -0.3]))
        .dataSync();
      [0.7, -0.3].forEach((x, i) =>
        assert.ok(Math.abs(found[i]! - second(x)) < 1e-5, `${name}: ${found[i]}, ${second(x)}`),
      );
    }
  });
}

test("softmax has a second derivative", async () => {
  await useBackend("cpu");
  const weights = tf.tensor1d([1, -2, 0.5]);
  const inner = tf.grad((x) => tf.sum(tf.mul(tf.softmax(x), weights)));
  const trace = [0, 1, 2].map(
    (i) =>
      tf
        .grad((x) => inner(x).slice([i], [1]).sum())(tf.tensor1d([0.2, 0, -1]))
        .dataSync()[i]!,
  );
  const exps = [0.2, 0, -1].map(Math.exp);
  const p = exps.map((value) => value / (exps[0]! + exps[1]! + exps[2]!));
  const mean = p[0]! - 2 * p[1]! + 0.5 * p[2]!;
  [1, -2, 0.5].forEach((w, i) => assert.ok(Math.abs(trace[i]! - p[i]! * (1 - 2 * p[i]!) * (w - mean)) < 1e-6));
});

test("what is saved outlives its tensor, and goes with the tape", async () => {
  await useBackend("cpu");
  const x = tf.tensor1d([0.5, 2]);
  const before = tf.memory();
  tf.tidy(() => {
    const recorded = record(() => tf.tidy(() => tf.sum(tf.square(tf.mul(x, 3)))));
    const [dx] = gradients(recorded.tape, recorded.value, [x]);
    assert.deepEqual([...dx!.dataSync()], [9, 36]);
    recorded.release();
  });
  assert.equal(tf.memory().numTensors, before.numTensors);
  assert.equal(tf.memory().numBytes, before.numBytes);
  assert.deepEqual([...x.dataSync()], [0.5, 2]);
  x.dispose();
});

test("what an isolated function saved of others is a constant, in derivatives of its gradient, too", async () => {
  await useBackend("cpu");
  tf.tidy(() => {
    const [x, w] = [tf.scalar(3), tf.scalar(2)];
    record(() => {
      const outside = tf.square(w);
      const first = record(() => isolate([x], () => tf.mul(tf.square(x), outside)));
      const [dx] = gradients(first.tape, first.value, [x], undefined, true); // 2 x w²
      const second = gradients(
        (tf.engine() as unknown as { state: { activeTape: typeof first.tape } }).state.activeTape,
        dx!,
        [x, w],
      );
      assert.equal(dx!.dataSync()[0], 24);
      assert.equal(second[1], null);
    });
  });
});
