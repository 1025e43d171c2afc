import assert from "node:assert/strict";
import { test } from "node:test";
import { principalComponents } from "../../../core/diagnostics/principalComponents";

/** Rows Σ_k s_k u_ik q_k with orthonormal, mean-free columns u (discrete cosines) and orthonormal rows q: the answer is known. */
function known(n: number, d: number, strengths: readonly number[]): { rows: Float32Array; axes: number[][] } {
  const cosine = (i: number, k: number, size: number): number =>
    Math.sqrt(2 / size) * Math.cos((Math.PI * (i + 0.5) * k) / size);
  const axes = strengths.map((_, k) => Array.from({ length: d }, (__, j) => cosine(j, k + 1, d)));
  const rows = Float32Array.from({ length: n * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return 3 + strengths.reduce((sum, s, k) => sum + s * cosine(i, k + 1, n) * axes[k]![j]!, 0);
  });
  return { rows, axes };
}

for (const [n, d, strengths] of [
  [60, 9, [5, 3, 1, 0.5]],
  [40, 200, [2, 1.98, 1.9, 1.85, 1.8, 1.7, 1.6, 1.5]],
  [30, 3, [1, 0.01]],
] as const) {
  test(`the first two of ${strengths.length} known components of ${n} rows of ${d} numbers are found, with their shares`, () => {
    const { rows, axes } = known(n, d, strengths);
    const found = principalComponents(rows, d);
    const total = strengths.reduce((sum, s) => sum + s * s, 0);
    for (const k of [0, 1]) {
      assert.ok(Math.abs(found.explained[k]! - strengths[k]! ** 2 / total) < 1e-5, `share ${k}: ${found.explained[k]}`);
      const inner = axes[k]!.reduce((sum, value, j) => sum + value * found.axes[k * d + j]!, 0);
      assert.ok(Math.abs(inner) > 1 - 1e-3, `component ${k}: cosine ${inner}`);
    }
    assert.equal(found.points.length, 2 * n);
  });
}

test("components keep the signs of those before, so that a picture does not flip", () => {
  const { rows } = known(50, 12, [4, 2, 1]);
  const first = principalComponents(rows, 12);
  const turned = principalComponents(
    rows,
    12,
    first.axes.map((value) => -value),
  );
  turned.points.forEach((value, i) => assert.ok(Math.abs(value + first.points[i]!) < 1e-4));
});

test("rows without variance lie at the origin, and nothing is explained", () => {
  const { points, explained } = principalComponents(new Float32Array(20).fill(0.7), 4);
  assert.deepEqual([...points], Array<number>(10).fill(0));
  assert.deepEqual(explained, [0, 0]);
});
