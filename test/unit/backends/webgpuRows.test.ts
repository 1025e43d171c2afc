import assert from "node:assert/strict";
import { tf } from "../../../core/backends/tf";
import { onBackends } from "./onBackends";

/** Rows up to 64 are taken by a thread each, longer ones by workgroups; 70 000 rows need a second dimension of workgroups. */
onBackends(["webgpu"], "reductions and softmax over short and long rows are plain JavaScript's", () => {
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  const reductions = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod, softmax: tf.softmax };
  for (const [rows, columns] of [
    [3, 1],
    [70_000, 2],
    [65, 3],
    [5, 63],
    [5, 64],
    [5, 65],
    [2, 5000],
  ] as const) {
    const values = Float32Array.from({ length: rows * columns }, (_, i) => 0.7 + ((i * 7919) % 1013) / 1013);
    if (columns === 3) values[4] = Number.NaN;
    for (const [name, reduce] of Object.entries(reductions) as [string, (x: tf.Tensor, axis: number) => tf.Tensor][]) {
      if (name === "prod" && columns > 65) continue; // beyond float32
      const found = tf.tidy(() => reduce(tf.tensor2d(values, [rows, columns]), 1)).dataSync();
      const row = (i: number): number[] => [...values.subarray(i * columns, (i + 1) * columns)];
      const wanted = name === "softmax" ? found.length / columns : found.length;
      assert.equal(wanted, rows);
      for (let i = 0; i < rows; i += Math.ceil(rows / 100)) {
        const expected = byHand[name]!(row(i));
        expected.forEach((value, k) => {
          const at = found[i * expected.length + k]!;
          const same = Number.isNaN(value) ? Number.isNaN(at) : Math.abs(at - value) <= 2e-6 * Math.abs(value);
          assert.ok(same, `${name} of row ${i} of [${rows}, ${columns}]: ${at}, expected ${value}`);
        });
      }
    }
    const truths = tf.tidy(() => {
      const bits = tf.cast(tf.tensor2d(values, [rows, columns]).greater(1), "bool");
      return [...tf.any(bits, 1).dataSync(), ...tf.all(bits, 1).dataSync()];
    });
    const rowOf = (i: number): Float32Array => values.subarray(i * columns, (i + 1) * columns);
    assert.deepEqual(
      truths,
      [...Array(rows).keys()]
        .map((i) => Number(rowOf(i).some((value) => value > 1)))
        .concat([...Array(rows).keys()].map((i) => Number(rowOf(i).every((value) => value > 1)))),
    );
  }
});

const total = (row: readonly number[]): number => row.reduce((sum, value) => sum + value, 0);
const byHand: Readonly<Record<string, (row: readonly number[]) => readonly number[]>> = {
  sum: (row) => [total(row)],
  mean: (row) => [total(row) / row.length],
  max: (row) => [Math.max(...row)],
  min: (row) => [Math.min(...row)],
  prod: (row) => [row.reduce((product, value) => product * value, 1)],
  softmax: (row) => {
    const all = total(row.map(Math.exp));
    return row.map((value) => Math.exp(value) / all);
  },
};
