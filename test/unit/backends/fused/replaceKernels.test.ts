import assert from "node:assert/strict";
import { before, test } from "node:test";
import { rowSquaredNorms } from "../../../../core/backends/fused/rowSquaredNorms";
import { useBackend } from "../../../../core/backends/registry";
import { tf } from "../../../../core/backends/tf";
import { assertClose, normals } from "./compare";

/** The same computation on cpu, then on wasm. */
async function both(compute: () => tf.Tensor, tolerance = 1e-6): Promise<void> {
  await useBackend("cpu");
  const expected = compute();
  const [values, shape] = [expected.dataSync(), expected.shape];
  await useBackend("wasm");
  const found = compute();
  assert.deepEqual(found.shape, shape);
  assertClose(found, values, tolerance);
}

before(async () => void (await useBackend("wasm")));

const sizes: [number, number, number][] = [
  [1, 1, 1],
  [6, 5, 8],
  [7, 3, 9],
  [13, 600, 17],
  [5, 1030, 8],
  [12, 512, 16],
  [100, 20, 3],
];

test("products with every combination of transposes equal the reference", async () => {
  for (const [rows, inner, columns] of sizes) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        await both(() => {
          const a = normals(transposeA ? [inner, rows] : [rows, inner], 1) as tf.Tensor2D;
          const b = normals(transposeB ? [columns, inner] : [inner, columns], 2) as tf.Tensor2D;
          return tf.matMul(a, b, transposeA, transposeB);
        }, 2e-6);
      }
    }
  }
});

test("batched products equal the reference, whichever operand has the batch", async () => {
  for (const [batchA, batchB] of [
    [[3], [3]],
    [[1], [4]],
    [
      [2, 3],
      [2, 3],
    ],
    [[4], [1]],
  ] as const) {
    await both(() => tf.matMul(normals([...batchA, 5, 7], 1), normals([...batchB, 6, 7], 2), false, true));
  }
});

test("products with a bias, with and without an activation, equal the reference", async () => {
  for (const activation of ["linear", "relu", "sigmoid"] as const) {
    await both(() =>
      tf.fused.matMul({
        a: normals([10, 33], 1),
        b: normals([33, 21], 2),
        bias: normals([21], 3),
        activation,
      }),
    );
  }
});

test("an empty product is zero", async () => {
  await both(() => tf.matMul(tf.zeros([3, 0]), tf.zeros([0, 2])));
});

test("softplus and sigmoid equal the reference, also far out", async () => {
  const points = () => tf.concat([normals([1003], 1, 20), tf.tensor1d([-1e30, -104, -88, 0, 88, 104, 1e30])]);
  await both(() => tf.softplus(points()));
  await both(() => tf.sigmoid(points()));
  await both(() => tf.softplus(tf.scalar(3)));
});

test("sums over every set of axes equal the reference", async () => {
  for (const axes of [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2], [-1], []]) {
    for (const keepDims of [false, true]) await both(() => tf.sum(normals([5, 6, 7], 1), axes, keepDims), 2e-6);
  }
  await both(() =>
    tf.sum(
      tf.tensor2d(
        [
          [1, 2],
          [3, 4],
        ],
        [2, 2],
        "int32",
      ),
      0,
    ),
  );
});

test("tiling along one axis, several or none equals the reference, also when memory grows for it", async () => {
  for (const reps of [
    [2, 1, 1],
    [1, 3, 1],
    [1, 1, 4],
    [2, 3, 1],
    [1, 1, 1],
    [0, 1, 1],
  ]) {
    await both(() => tf.tile(normals([5, 6, 7], 1), reps));
  }
  await both(() => tf.tile(tf.tensor2d([1, 2, 3, 4], [2, 2], "int32"), [3, 1]));
  await both(() => tf.tile(normals([1000, 1000], 1), [40, 1]));
});

test("squared norms of rows equal the reference", async () => {
  await both(() => rowSquaredNorms(normals([9, 13], 1) as tf.Tensor2D));
});

test("gradients through a dense layer equal the reference", async () => {
  await both(() => {
    const x = normals([20, 31], 1) as tf.Tensor2D;
    return tf.grad((w) => tf.sum(tf.softplus(tf.matMul(x, w as tf.Tensor2D))))(normals([31, 11], 2));
  });
});
