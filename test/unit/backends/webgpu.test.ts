import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { GradlensError } from "../../../core/errors";

interface DeviceOf {
  readonly device: { createShaderModule(descriptor: { code: string }): unknown; destroy(): void };
}

let missing: string | false = false;
before(async () => {
  try {
    await useBackend("webgpu");
    tf.env().set("WEBGPU_CPU_FORWARD", false);
  } catch (error) {
    if (!(error instanceof GradlensError)) throw error;
    missing = error.message;
  }
});
const deviceOf = (): DeviceOf["device"] => (tf.backend() as unknown as DeviceOf).device;

test("values are read at once, many in one turn of the event loop, and later ones await as ever", async (context) => {
  if (missing) return context.skip(missing);
  const x = tf.tensor1d([1, 2, 3]);
  for (let i = 0; i < 200; i++) {
    const y = tf.mul(x, i);
    assert.deepEqual(
      [...y.dataSync()],
      [0, 0, 0].map((_, k) => (k + 1) * i),
    );
    y.dispose();
  }
  assert.deepEqual([...(await tf.tidy(() => tf.add(x, 1)).data())], [2, 3, 4]);
  assert.deepEqual([...tf.tidy(() => tf.cast(tf.greater(x, 1), "bool")).dataSync()], [0, 1, 1]);
});

test("setImmediate works for everybody else as before", async () => {
  const order: string[] = [];
  setImmediate((text: string) => order.push(text), "with an argument");
  clearImmediate(setImmediate(() => order.push("cleared")));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, ["with an argument"]);
});

const functions: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number, number, number])[] = [
  ["sin", tf.sin, Math.sin, -8, 8],
  ["cos", tf.cos, Math.cos, -8, 8],
  ["tan", tf.tan, Math.tan, -1.4, 1.4],
  ["exp", tf.exp, Math.exp, -80, 80],
  ["expm1", tf.expm1, Math.expm1, -3, 3],
  ["expm1 of little", tf.expm1, Math.expm1, 1e-7, 1e-3],
  ["log", tf.log, Math.log, 0.4, 4],
  ["log of little", tf.log, Math.log, 1e-9, 1e-3],
  ["log1p", tf.log1p, Math.log1p, -0.6, 3],
  ["log1p of little", tf.log1p, Math.log1p, 1e-7, 1e-3],
  ["softplus", tf.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), -40, 40],
  ["sigmoid", tf.sigmoid, (x) => 1 / (1 + Math.exp(-x)), -40, 40],
  ["tanh", tf.tanh, Math.tanh, -4, 4],
];

for (const [name, op, exact, from, to] of functions) {
  test(`${name} is exact to 4e-7`, (context) => {
    if (missing) return context.skip(missing);
    const x = Float32Array.from({ length: 997 }, (_, i) => from + ((to - from) * (i + 0.5)) / 997);
    const found = tf.tidy(() => op(tf.tensor1d(x)).dataSync());
    x.forEach((value, i) => {
      const expected = exact(value);
      assert.ok(
        Math.abs(found[i]! - expected) <= 4e-7 * Math.abs(expected),
        `${name}(${value}): ${found[i]}, not ${expected}`,
      );
    });
  });
}

test("elementary functions keep what is no number, and the infinities", (context) => {
  if (missing) return context.skip(missing);
  const at = (op: (x: tf.Tensor) => tf.Tensor): number[] =>
    tf.tidy(() => [...op(tf.tensor1d([NaN, Infinity, -Infinity])).dataSync()]);
  assert.deepEqual(at(tf.exp), [NaN, Infinity, 0]);
  assert.deepEqual(at(tf.log), [NaN, Infinity, NaN]);
  assert.deepEqual(at(tf.log1p), [NaN, Infinity, NaN]);
  assert.deepEqual([...tf.tidy(() => tf.log(tf.tensor1d([0, -1])).dataSync())], [-Infinity, NaN]);
  assert.deepEqual([...tf.tidy(() => tf.log1p(tf.tensor1d([-1, -2])).dataSync())], [-Infinity, NaN]);
  assert.deepEqual(at(tf.softplus), [NaN, Infinity, 0]);
  assert.deepEqual(at(tf.sigmoid), [NaN, 1, 0]);
  assert.deepEqual(at(tf.tanh), [NaN, 1, -1]);
  assert.deepEqual(at(tf.sin), [NaN, NaN, NaN]);
});

test("what the device refuses is an error that names the kernel, not zeros", (context) => {
  if (missing) return context.skip(missing);
  deviceOf().createShaderModule({ code: "no shader" });
  assert.throws(() => tf.tidy(() => tf.square(tf.tensor1d([1, 2]))), {
    code: "GL1328",
    message: /^back end webgpu refused UnaryOpProgram: [^\n]+; use another back end$/,
  });
  assert.deepEqual([...tf.tidy(() => tf.square(tf.tensor1d([1, 2]))).dataSync()], [1, 4]);
});

test("a device that is lost while values are read is told as a failure of the back end", (context) => {
  if (missing) return context.skip(missing);
  const x = tf.square(tf.tensor1d([1, 2]));
  deviceOf().destroy();
  assert.throws(() => x.dataSync(), { code: "GL1327", message: /lost its device/ });
});
