import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";

before(() => useBackend("cpu"));

for (const axis of [-1, 1, -2, undefined]) {
  test(`the gradient of tf.prod over axis ${axis ?? "all"} is the product of the others`, () => {
    const x = [
      [2, 3, 0.5],
      [-1, 4, 7],
    ];
    const found = tf
      .grad((v: tf.Tensor) => tf.prod(v, axis).sum())(tf.tensor2d(x))
      .arraySync() as number[][];
    x.forEach((row, i) =>
      row.forEach((_, j) => {
        const column = x.map((other) => other[j]!);
        const others =
          axis === undefined
            ? x.flatMap((other, a) => other.filter((__, b) => a !== i || b !== j))
            : axis === -2
              ? column.filter((__, a) => a !== i)
              : row.filter((__, b) => b !== j);
        const expected = others.reduce((product, value) => product * value, 1);
        assert.ok(Math.abs(found[i]![j]! - expected) < 1e-4, `${found[i]![j]} at ${i}, ${j}, expected ${expected}`);
      }),
    );
  });
}
