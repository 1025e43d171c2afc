import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { repeatExamples } from "../../../core/backends/repeatedRows";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import {
  type ExampleSpread,
  exampleSpread,
  type RowLayout,
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
function byHand(
  values: Float32Array | Float64Array,
  { examples: m, replicates: R, groups: count }: RowLayout,
): ExampleSpread {
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
  const all = meanOf(means);
  return {
    replicates: R,
    squares: Float64Array.from({ length: m }, (_, b) => about(rowsOf(b))),
    groups: Float64Array.from(
      { length: count * m },
      (_, i) => about(rowsOf(i % m, Math.floor(i / m) * size, size)) / (size - 1),
    ),
    means: {
      ofExamples: means.reduce((sum, mean) => sum + norm(mean), 0),
      ofAll: norm(all),
      between: means.reduce((sum, mean) => sum + norm(mean.map((value, e) => value - all[e]!)), 0),
    },
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
  close(found.means.between!, expected.means!.between!);
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
        assertSame(exampleSpread(rows, layout, true, rows.gram().dataSync<"float32">()), expected, scale);
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

/** Σ_c a_c ⊗ δ_c of every row in float64. */
function products(rows: RowGradients, n: number): Float64Array {
  const values = new Float64Array(n * INPUTS * UNITS);
  for (const { inputs, outputs } of rows.dense!.calls) {
    const [a, d] = [inputs.dataSync(), outputs.dataSync()];
    const mask = rows.dense!.mask?.dataSync();
    for (let copy = 0; copy < inputs.shape[0]; copy++)
      for (let i = 0; i < INPUTS; i++)
        for (let u = 0; u < UNITS; u++)
          values[(copy % n) * INPUTS * UNITS + i * UNITS + u]! +=
            a[copy * INPUTS + i]! * d[copy * UNITS + u]! * (mask?.[i * UNITS + u] ?? 1);
  }
  return values;
}

for (const noise of [1e-2, 1e-3, 1e-4])
  onBackends(
    ["cpu", "wasm", "tensorflow"],
    `noise of ${noise} of the mean keeps its size, and so does what examples differ by`,
    () => {
      for (const layout of LAYOUTS.slice(0, 4))
        tidy(() => {
          const { examples: m, replicates: R } = layout;
          const n = m * R;
          const shape = [INPUTS, UNITS];
          /** Near one value for all rows; no replicate-major row is like another. */
          const near = (width: number, seed: number, C = 1): tf.Tensor2D => {
            const mean = normals([C, 1, 1, width], seed);
            const ofExample = tf.mul(normals([C, 1, m, width], seed + 1), noise);
            const own = tf.mul(normals([C, R, m, width], seed + 2), noise);
            return tf.reshape(tf.mul(mean, tf.add(tf.add(ofExample, own), 1)), [C * n, width]);
          };
          const call = (seed: number, C = 1) => ({ inputs: near(INPUTS, seed, C), outputs: near(UNITS, seed + 5, C) });
          const base = normals([1, m, INPUTS], 6);
          const constant = {
            inputs: tf.reshape(repeatExamples(base, R), [n, INPUTS]) as tf.Tensor2D,
            outputs: near(UNITS, 50),
          };
          const vector = near(UNITS, 1);
          const cases: readonly (readonly [RowGradients, Float32Array | Float64Array])[] = [
            [plainRows("bias", [UNITS], vector), vector.dataSync<"float32">()],
            ...[
              denseWeightRows("w", shape, n, [call(10)], null),
              denseWeightRows("w", shape, n, [call(20, 3), call(30)], null),
              denseWeightRows("w", shape, n, [call(40, 2)], bits(shape, 5) as tf.Tensor2D),
              denseWeightRows("w", shape, n, [constant], null),
            ].map((rows) => [rows, products(rows, n)] as const),
          ];
          cases.forEach(([rows, values], which) => {
            const expected = byHand(values, layout);
            for (const found of [
              exampleSpread(rows, layout, true),
              exampleSpread(rows, layout, false),
              exampleSpread(rows, layout, true, rows.gram().dataSync<"float32">()),
            ]) {
              const near = (value: number, truth: number, what: string): void =>
                assert.ok(
                  Math.abs(value - truth) <= 5e-3 * truth,
                  `case ${which}, ${what} of ${JSON.stringify(layout)}: ${value}, expected ${truth}`,
                );
              const add = (list: Float64Array): number => list.reduce((sum, value) => sum + value, 0);
              near(add(found.squares), add(expected.squares), "squares");
              near(add(found.groups), add(expected.groups), "groups");
              if (found.means && m > 1) near(found.means.between!, expected.means!.between!, "between");
            }
          });
        });
    },
  );
