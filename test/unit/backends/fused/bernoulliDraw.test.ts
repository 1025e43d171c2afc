import assert from "node:assert/strict";
import { test } from "node:test";
import { fusedBernoulliDraw } from "../../../../core/backends/fused/bernoulliDraw";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { normals } from "./compare";
import { onFusedBackends } from "./onFusedBackends";

const shapes: [number[], number[]][] = [
  [
    [1, 7, 13],
    [3, 7, 13],
  ],
  [[13], [3, 7, 13]],
  [
    [3, 7, 13],
    [3, 7, 13],
  ],
  [
    [1, 1, 5],
    [2, 3, 5],
  ],
  [
    [1, 1],
    [2, 3, 1],
  ],
];

onFusedBackends("a draw of bits equals the composition bit for bit, however the logits are broadcast", () => {
  for (const [logitShape, shape] of shapes) {
    const [a, u] = [normals(logitShape, 1, 3), tf.sigmoid(normals(shape, 2, 2))];
    const found = fusedBernoulliDraw(a, u);
    assert.ok(found, `no fused draw for logits [${logitShape.join(", ")}]`);
    assert.deepEqual(found.shape, shape);
    assert.deepEqual(
      found.dataSync(),
      tf
        .greater(u, tf.sigmoid(tf.neg(a)))
        .toFloat()
        .dataSync(),
    );
  }
});

onFusedBackends("bits of logits without a number or without bound are 0, 0 and 1", () => {
  const found = fusedBernoulliDraw(tf.tensor2d([[NaN, -Infinity, Infinity]]), tf.fill([1, 1, 3], 0.5));
  assert.deepEqual([...found!.dataSync()], [0, 0, 1]);
});

test("other back ends and broadcasts have no fused draw", async () => {
  await useBackend("wasm");
  assert.equal(fusedBernoulliDraw(tf.zeros([2, 1, 3]), tf.fill([2, 4, 3], 0.5)), null);
  await useBackend("cpu");
  assert.equal(fusedBernoulliDraw(tf.zeros([3]), tf.fill([2, 3], 0.5)), null);
});
