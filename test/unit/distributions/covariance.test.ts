import assert from "node:assert/strict";
import { before, test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { useBackend } from "../../../core/backends/registry";
import { normal } from "../../../core/distributions/normal";
import { cholesky } from "../../../core/numerics/cholesky";
import { nodeNoise } from "../../../core/distributions/distribution";
import { Noise } from "../../../core/random/noise";

before(() => useBackend("cpu"));

const covariance = [
  [1.3, 0.4, -0.2],
  [0.4, 0.8, 0.3],
  [-0.2, 0.3, 0.9],
];
const mean = [0.2, -0.5, 1];

/** Log-density of a normal of three units by Cramer's rule. */
function logDensity(s: readonly (readonly number[])[], z: readonly number[]): number {
  const minor = (i: number, j: number): number => {
    const [a, b] = [0, 1, 2].filter((k) => k !== i) as [number, number];
    const [c, d] = [0, 1, 2].filter((k) => k !== j) as [number, number];
    return (i + j) % 2 === 0
      ? s[a]![c]! * s[b]![d]! - s[a]![d]! * s[b]![c]!
      : s[a]![d]! * s[b]![c]! - s[a]![c]! * s[b]![d]!;
  };
  const determinant = [0, 1, 2].reduce((sum, j) => sum + s[0]![j]! * minor(0, j), 0);
  const x = z.map((value, i) => value - mean[i]!);
  let square = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) square += (x[i]! * x[j]! * minor(i, j)) / determinant;
  return -0.5 * (square + Math.log(determinant) + 3 * Math.log(2 * Math.PI));
}

test("the Cholesky factor times itself is the matrix, for every matrix of a batch", () =>
  tf.tidy(() => {
    const batch = tf.stack([tf.tensor2d(covariance), tf.mul(tf.tensor2d(covariance), 4)]);
    const factor = cholesky(batch);
    const product = tf.matMul(factor, factor, false, true);
    assert.ok(tf.max(tf.abs(tf.sub(product, batch))).dataSync()[0]! < 1e-6);
    const above = tf.sub(factor, tf.linalg.bandPart(factor, -1, 0));
    assert.equal(tf.sum(tf.abs(above)).dataSync()[0], 0);
  }));

test("a normal given by its covariance has the density of the closed form, and its gradients", () =>
  tf.tidy(() => {
    const z = [0.7, 0.1, 0.4];
    const f = (s: tf.Tensor): tf.Scalar => normal({ mean, covariance: s }).logProb(tf.tensor1d(z)).asScalar();
    assert.ok(Math.abs(f(tf.tensor2d(covariance)).dataSync()[0]! - logDensity(covariance, z)) < 1e-5);
    const gradient = tf.grad(f)(tf.tensor2d(covariance)).arraySync() as number[][];
    const h = 1e-5;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const moved = (by: number): number[][] =>
          covariance.map((row, r) =>
            row.map((x, c) => x + (by / 2) * (Number(r === i && c === j) + Number(r === j && c === i))),
          );
        const expected = (logDensity(moved(h), z) - logDensity(moved(-h), z)) / (2 * h);
        assert.ok(
          Math.abs(gradient[i]![j]! - expected) < 1e-4,
          `[${i}, ${j}]: ${gradient[i]![j]!}, by differences ${expected}`,
        );
      }
    }
  }));

test("draws of a normal given by its covariance have that covariance, and their path leads to it", () =>
  tf.tidy(() => {
    const noise = new Noise({ seed: 1, step: 0, numSamples: 1, numRows: 20000, replicates: 1, firstReplicate: 0 });
    const s = tf.tensor2d(covariance);
    const draws = normal({ mean, covariance: s }).sample(nodeNoise(noise, "z")).squeeze<tf.Tensor2D>();
    const centred = tf.sub(draws, tf.tensor1d(mean)) as tf.Tensor2D;
    const found = tf.div(tf.matMul(centred, centred, true, false), 20000).arraySync() as number[][];
    // Standard errors are at most √2 · 1.3/√20000 = 0.013.
    found.forEach((row, i) => row.forEach((value, j) => assert.ok(Math.abs(value - covariance[i]![j]!) < 0.06)));
    // E‖z‖² = ‖mean‖² + tr Σ, whose gradient is the identity.
    const slope = tf
      .grad((x) => tf.mean(tf.sum(tf.square(normal({ mean, covariance: x }).path(draws)), -1)))(s)
      .arraySync() as number[][];
    slope.forEach((row, i) =>
      row.forEach((value, j) => assert.ok(Math.abs(value - Number(i === j)) < 0.06, `${value}`)),
    );
  }));

test("a covariance that is none says what is wrong with it, and draws NaN", () =>
  tf.tidy(() => {
    const noise = new Noise({ seed: 1, step: 0, numSamples: 1, numRows: 1, replicates: 1, firstReplicate: 0 });
    const wrong: readonly (readonly [number[][], RegExp])[] = [
      [
        [
          [1, 2],
          [2, 1],
        ],
        /^covariance is not positive definite, got pivot -3 in row 2$/,
      ],
      [
        [
          [1, 0.5],
          [0.2, 1],
        ],
        /^covariance is symmetric, got 0\.2\d* in row 2, column 1 and 0\.5 across$/,
      ],
      [
        [
          [NaN, 0],
          [0, 1],
        ],
        /finite numbers, got NaN/,
      ],
    ];
    for (const [matrix, message] of wrong) {
      const distribution = normal({ mean: [0, 0], covariance: matrix });
      assert.match(distribution.problem()!, message);
      assert.ok(distribution.sample(nodeNoise(noise, "z")).dataSync().every(Number.isNaN));
    }
    assert.equal(normal({ mean, covariance }).problem(), null);
    assert.throws(
      () =>
        normal({
          mean: [0, 0, 0],
          covariance: [
            [1, 0],
            [0, 1],
          ],
        }),
      /covariance of shape \[…, 3, 3\], got \[2, 2\]/,
    );
    assert.throws(() => normal({ mean: 0, std: 1, covariance: [[1]] } as never), /got both/);
  }));
