import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { repeatExamples } from "../../../core/backends/repeatedRows";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import {
  type ExampleSpread,
  exampleSpread,
  type RowLayout,
  spreadOfGram,
  spreadOfValues,
} from "../../../core/diagnostics/exampleSpread";
import { denseWeightRows, plainRows, type RowGradients } from "../../../core/gradients/rowGradients";
import { bits, normals } from "../backends/fused/compare";
import { onBackends } from "../backends/onBackends";

const INPUTS = 7;
const UNITS = 13;
const LAYOUTS: readonly RowLayout[] = [
  { examples: 3, replicates: 2, groups: 1 },
  { examples: 1, replicates: 6, groups: 3 },
  { examples: 5, replicates: 9, groups: 3 },
  { examples: 4, replicates: 20, groups: 4 },
  { examples: 60, replicates: 3, groups: 1 },
];

/** By the definitions, from all rows, `[R·m, P]`. */
function byHand(values: Float32Array, { examples: m, replicates: R, groups: count }: RowLayout): ExampleSpread {
  const P = values.length / (m * R);
  const row = (r: number, b: number): number[] => [...values.subarray((r * m + b) * P, (r * m + b + 1) * P)];
  const meanOf = (rows: readonly number[][]): number[] =>
    rows[0]!.map((_, e) => rows.reduce((sum, values) => sum + values[e]! / rows.length, 0));
  const norm = (x: readonly number[]): number => x.reduce((sum, value) => sum + value * value, 0);
  const about = (rows: readonly number[][]): number => {
    const centre = meanOf(rows);
    return rows.reduce((sum, values) => sum + norm(values.map((value, e) => value - centre[e]!)), 0);
  };
  const rowsOf = (b: number, from = 0, size = R): number[][] =>
    Array.from({ length: size }, (_, r) => row(from + r, b));
  const size = R / count;
  const means = Array.from({ length: m }, (_, b) => meanOf(rowsOf(b)));
  return {
    replicates: R,
    squares: Float64Array.from({ length: m }, (_, b) => about(rowsOf(b))),
    groups: Float64Array.from(
      { length: count * m },
      (_, i) => about(rowsOf(i % m, Math.floor(i / m) * size, size)) / (size - 1),
    ),
    means: { ofExamples: means.reduce((sum, mean) => sum + norm(mean), 0), ofAll: norm(meanOf(means)) },
  };
}

function assertSame(found: ExampleSpread, expected: ExampleSpread, scale: number): void {
  const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-5 * scale, `${a}, expected ${b}`);
  assert.equal(found.replicates, expected.replicates);
  for (const key of ["squares", "groups"] as const) {
    assert.equal(found[key].length, expected[key].length);
    found[key].forEach((value, i) => close(value, expected[key][i]!));
  }
  if (!found.means) return;
  close(found.means.ofExamples, expected.means!.ofExamples);
  close(found.means.ofAll, expected.means!.ofAll);
}

/** Rows of every kind that a parameter can have; call inside a tidy. */
function kinds({ examples: m, replicates: R }: RowLayout): Record<string, RowGradients> {
  const n = m * R;
  const shape = [INPUTS, UNITS];
  const call = (seed: number, C = 1) => ({
    inputs: normals([C * n, INPUTS], seed) as tf.Tensor2D,
    outputs: tf.add(normals([C * n, UNITS], seed + 1), 0.5) as tf.Tensor2D,
  });
  const mask = bits(shape, 5) as tf.Tensor2D;
  const base = normals([1, m, INPUTS], 6);
  const constant = { ...call(8), inputs: tf.reshape(repeatExamples(base, R), [n, INPUTS]) as tf.Tensor2D };
  return {
    "a vector": plainRows("bias", [UNITS], normals([n, UNITS], 1) as tf.Tensor2D),
    "a dense weight": denseWeightRows("w", shape, n, [call(2)], null),
    "a dense weight with three samples and two calls": denseWeightRows("w", shape, n, [call(2, 3), call(4)], null),
    "a masked dense weight with two samples": denseWeightRows("w", shape, n, [call(2, 2)], mask),
    "a dense weight of the data": denseWeightRows("w", shape, n, [constant], null),
    "a masked dense weight of the data": denseWeightRows("w", shape, n, [constant], mask),
    "a dense weight that nothing uses": denseWeightRows("w", shape, n, [], null),
  };
}

afterEach(() => assert.equal(tf.memory().numTensors, 0));

onBackends(["cpu", "wasm", "tensorflow"], "the spread about examples' means is that of the rows themselves", () => {
  for (const layout of LAYOUTS) {
    for (const name of tidy(() => Object.keys(kinds(layout)))) {
      tidy(() => {
        const rows = kinds(layout)[name]!;
        const values = rows.materialise().dataSync<"float32">();
        const expected = byHand(values, layout);
        const scale = 1e-12 + Math.max(...expected.squares, expected.means!.ofExamples);
        assertSame(exampleSpread(rows, layout, true), expected, scale);
        assert.equal(exampleSpread(rows, layout, false).means, null);
        assertSame(exampleSpread(rows, layout, false), expected, scale);
        assertSame(spreadOfValues(values, layout), expected, scale);
        assertSame(spreadOfGram(rows.gram().dataSync(), layout), expected, scale);
      });
    }
  }
});

test("replicates that are the same have no spread at all, whatever their size", () => {
  tidy(() => {
    const layout = { examples: 3, replicates: 8, groups: 2 };
    const once = tf.mul(normals([1, 3, INPUTS], 1), 1e3);
    const deltas = normals([1, 3, UNITS], 2);
    const repeat = (x: tf.Tensor): tf.Tensor2D => tf.reshape(tf.tile(x, [1, 8, 1]), [24, x.shape[2]!]);
    const rows = denseWeightRows("w", [INPUTS, UNITS], 24, [{ inputs: repeat(once), outputs: repeat(deltas) }], null);
    const { squares, groups, means } = exampleSpread(rows, layout, true);
    for (const square of [...squares, ...groups]) assert.ok(square <= 1e-13 * means!.ofExamples, `${square}`);
  });
});
