import assert from "node:assert/strict";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import { differenceOfRows } from "../../../core/gradients/differenceOfRows";
import { denseWeightRows } from "../../../core/gradients/rowGradients";
import { normals } from "../backends/fused/compare";
import { onBackends } from "../backends/onBackends";

const [INPUTS, UNITS, ROWS] = [7, 13, 6];

onBackends(["cpu", "wasm", "tensorflow"], "a difference of 1e-4 of the rows keeps its size", () => {
  tidy(() => {
    for (const copies of [1, 3])
      for (const sameInputs of [true, false]) {
        const n = copies * ROWS;
        const [a, d] = [normals([n, INPUTS], 1), normals([n, UNITS], 2)] as [tf.Tensor2D, tf.Tensor2D];
        const near = (x: tf.Tensor2D, seed: number): tf.Tensor2D =>
          tf.mul(x, tf.add(tf.mul(normals(x.shape, seed), 1e-4), 1));
        const [b, e] = [sameInputs ? tf.clone(a) : near(a, 3), near(d, 4)];
        const rows = (inputs: tf.Tensor2D, outputs: tf.Tensor2D) =>
          denseWeightRows("w", [INPUTS, UNITS], ROWS, [{ inputs, outputs }], null);
        const found = differenceOfRows(rows(a, d), rows(b, e)).gram().dataSync();
        const [x, y] = [a.dataSync(), b.dataSync()];
        const [u, v] = [d.dataSync(), e.dataSync()];
        for (let row = 0; row < ROWS; row++) {
          let square = 0;
          for (let i = 0; i < INPUTS; i++)
            for (let j = 0; j < UNITS; j++) {
              let apart = 0;
              for (let c = row; c < n; c += ROWS)
                apart += x[c * INPUTS + i]! * u[c * UNITS + j]! - y[c * INPUTS + i]! * v[c * UNITS + j]!;
              square += apart * apart;
            }
          const own = found[row * ROWS + row]!;
          assert.ok(
            Math.abs(own - square) <= 5e-3 * square,
            `row ${row}, ${copies} copies: ${own}, expected ${square}`,
          );
        }
      }
  });
});
