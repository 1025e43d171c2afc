import assert from "node:assert/strict";
import { before, test } from "node:test";
import { customOp } from "../../../core/backends/customOp";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";

before(() => useBackend("cpu"));

test("a scope keeps what it returns, in any container, and frees the rest", () => {
  const { numTensors } = tf.memory();
  const make = (): tf.Tensor => tf.add(tf.tensor1d([1, 2]), 1);
  const results = [tf.tidy(make), ...tf.tidy(() => [make(), make()]), tf.tidy(() => ({ inner: make() })).inner];
  tf.tidy(() => void make());
  assert.equal(tf.memory().numTensors, numTensors + 4);
  for (const result of results) assert.deepEqual([...result.dataSync()], [2, 3]);
  tf.dispose(results);
  assert.equal(tf.memory().numTensors, numTensors);
});

test("what a scope returns belongs to the scope around it, what was there before to nobody new", () => {
  const { numTensors } = tf.memory();
  const outer = tf.tensor1d([1]);
  tf.tidy(() => {
    tf.tidy(() => tf.neg(outer));
    tf.tidy(() => outer);
  });
  assert.ok(!outer.isDisposed);
  outer.dispose();
  assert.equal(tf.memory().numTensors, numTensors);
});

test("an error ends the scopes it leaves, in operations of our own, too", () => {
  const { numTensors } = tf.memory();
  const x = tf.scalar(1);
  const fails = (): tf.Tensor =>
    customOp(
      "Fails",
      { x },
      () => {
        tf.neg(x);
        throw new Error("in the middle");
      },
      () => ({ x: () => x }),
    );
  assert.throws(() => tf.tidy(fails), /in the middle/);
  const state = tf.engine().state as unknown as { scopeStack: unknown[]; kernelDepth: number };
  assert.deepEqual([state.scopeStack.length, state.kernelDepth], [0, 0]);
  x.dispose();
  assert.equal(tf.memory().numTensors, numTensors);
});

test("a kernel that the back end lacks is named", () => {
  assert.throws(
    () => tf.engine().runKernel("NoSuchKernel", {}),
    /Kernel 'NoSuchKernel' not registered for backend 'cpu'/,
  );
});

test("the profiler sees every kernel", async () => {
  const { kernelNames } = await tf.profile(() => tf.tidy(() => tf.exp(tf.neg(tf.scalar(1)))));
  assert.deepEqual([...kernelNames].sort(), ["Exp", "Neg"]);
});
