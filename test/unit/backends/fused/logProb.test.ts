import assert from "node:assert/strict";
import { test } from "node:test";
import { fusedBernoulliLogProb } from "../../../../core/backends/fused/bernoulliLogProb";
import { fusedCategoricalLogProb } from "../../../../core/backends/fused/categoricalLogProb";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { assertClose, bits, normals } from "./compare";
import { onFusedBackends } from "./onFusedBackends";

/** The categorical one has no operation of ours on TensorFlow's library. */
function onBackendsOf(name: string, title: string, body: () => void): void {
  if (name === "Bernoulli") return onFusedBackends(title, body);
  test(title, async () => {
    await useBackend("wasm");
    body();
  });
}

type LogProb = (logits: tf.Tensor, value: tf.Tensor) => tf.Tensor;

const plainBernoulli: LogProb = (a, x) =>
  tf.sum(tf.sub(tf.mul(x, a), tf.add(tf.relu(a), tf.log1p(tf.exp(tf.neg(tf.abs(a)))))), -1);
const plainCategorical: LogProb = (a, x) => tf.sum(tf.mul(x, tf.sub(a, tf.logSumExp(a, -1, true))), [-2, -1]);

// Twice differentiable: TensorFlow.js's own gradient of relu and of max is not.
const smoothBernoulli: LogProb = (a, x) => tf.sum(tf.sub(tf.mul(x, a), tf.softplus(a)), -1);
const smoothCategorical: LogProb = (a, x) => tf.sum(tf.mul(x, tf.logSoftmax(a)), [-2, -1]);

const broadcasts: [string, number[], number[]][] = [
  ["equal leading axes", [3, 5], [3, 5]],
  ["values without samples", [3, 5], [5]],
  ["values with one sample", [3, 5], [1, 5]],
  ["logits without leading axes", [], [3, 5]],
  ["logits with one sample", [1, 5], [3, 5]],
];

for (const [name, fused, plain, smooth, inners] of [
  ["Bernoulli", fusedBernoulliLogProb, plainBernoulli, smoothBernoulli, [[1], [4], [7], [200]]],
  [
    "categorical",
    fusedCategoricalLogProb,
    plainCategorical,
    smoothCategorical,
    [
      [1, 2],
      [3, 10],
      [20, 3],
      [2, 4],
    ],
  ],
] as const) {
  onBackendsOf(name, `the fused ${name} log-probability and its gradients equal the plain composition`, () => {
    for (const inner of inners) {
      for (const [label, outerA, outerX] of broadcasts) {
        const a = normals([...outerA, ...inner], 1, 4);
        const x = bits([...outerX, ...inner], 2);
        const weights = normals([3, 5], 3);
        const found = fused(a, x);
        assert.ok(found, `${label}: no fused kernel`);
        assertClose(found, plain(a, x));
        const weigh = (f: LogProb) => (p: tf.Tensor, q: tf.Tensor) => tf.sum(tf.mul(f(p, q), weights));
        const [da, dx] = tf.grads(weigh((p, q) => fused(p, q)!))([a, x]);
        const [expectedA, expectedX] = tf.grads(weigh(plain))([a, x]);
        assertClose(da!, expectedA!, 2e-6);
        assertClose(dx!, expectedX!, 2e-6);
      }
    }
  });

  onBackendsOf(name, `the gradients of the fused ${name} log-probability can be differentiated again`, () => {
    const inner = inners[1];
    const a = normals([4, ...inner], 1);
    const x = tf.abs(normals([4, ...inner], 2));
    const [u, v] = [normals(a.shape, 3), normals(a.shape, 4)];
    const squaredGradients = (f: LogProb) => (p: tf.Tensor, q: tf.Tensor) => {
      const [dp, dq] = tf.grads((r, s) => tf.sum(tf.square(f(r, s))))([p, q]);
      return tf.sum(tf.add(tf.mul(dp!, u), tf.mul(dq!, v)));
    };
    const found = tf.grads(squaredGradients((p, q) => fused(p, q)!))([a, x]);
    const expected = tf.grads(squaredGradients(smooth))([a, x]);
    assertClose(found[0]!, expected[0]!, 3e-6);
    assertClose(found[1]!, expected[1]!, 3e-6);
  });

  onBackendsOf(name, `the fused ${name} log-probability leaves no tensor behind`, () => {
    const [a, x] = [normals([6, ...inners[1]], 1), bits([6, ...inners[1]], 2)];
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) {
      fused(a, x)!.dispose();
      tf.dispose(tf.grads((p, q) => tf.sum(fused(p, q)!))([a, x]));
    }
    assert.equal(tf.memory().numTensors, tensors);
  });
}

onFusedBackends("the fused Bernoulli log-probability is right to 1e-6 in the tails and lets NaN through", () => {
  const logits = [-1e30, -200, -88, -87.2, -20, -1e-8, 0, 1e-8, 20, 87.2, 88, 200, 1e30, NaN];
  const expected = logits.map((a) => -(Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)))));
  const found = fusedBernoulliLogProb(
    tf.tensor2d(logits, [logits.length, 1]),
    tf.zeros([logits.length, 1]),
  )!.dataSync();
  expected.forEach((value, i) => {
    const error = Math.abs(found[i]! - value);
    assert.ok(
      Number.isNaN(value) ? Number.isNaN(found[i]) : error <= Math.max(1e-6 * Math.abs(value), 1e-37),
      `${logits[i]}: ${found[i]}`,
    );
  });
});

onFusedBackends("other broadcasts, types and back ends are left to the plain composition", async () => {
  assert.equal(fusedBernoulliLogProb(normals([3, 1, 4], 1), bits([3, 5, 4], 2)), null);
  assert.equal(fusedBernoulliLogProb(normals([3, 4], 1), tf.ones([3, 4], "bool")), null);
  await useBackend("cpu");
  assert.equal(fusedBernoulliLogProb(normals([3, 4], 1), bits([3, 4], 2)), null);
});
