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
