import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backends } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { beta } from "../../../core/distributions/beta";
import { categorical } from "../../../core/distributions/categorical";
import type { ContinuousUnits } from "../../../core/distributions/continuous";
import { dirichlet } from "../../../core/distributions/dirichlet";
import { dirac } from "../../../core/distributions/dirac";
import { type Distribution, nodeNoise, type NodeNoise } from "../../../core/distributions/distribution";
import { mixture } from "../../../core/distributions/mixture";
import { normal } from "../../../core/distributions/normal";
import { triangularSolve } from "../../../core/numerics/triangularSolve";
import { Noise } from "../../../core/random/noise";
import { families } from "./families";
import { kolmogorovSmirnov } from "./kolmogorov";
import { leavesNoTensors } from "../../support/leavesNoTensors";

const draws = 20_000;
/** Whole suite's chance of a false alarm with other seeds, shared among at most 100 tests; a distance of 0.023 would be seen. */
const smallestP = 1e-6 / 100;

function noise(seed = 1, numRows = draws, numSamples = 1): NodeNoise {
  return nodeNoise(new Noise({ seed, step: 0, numSamples, numRows, replicates: 1, firstReplicate: 0 }), "z");
}

const cases: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  ["normal", { mean: 0.7, std: 1.3 }],
  ["laplace", { location: -1, scale: 2 }],
  ["logistic", { location: 0.3, scale: 0.7 }],
  ["gumbel", { location: 0.3, scale: 0.7 }],
  ["lognormal", { location: 0.3, scale: 0.7 }],
  ["gamma", { concentration: 0.05, scale: 1 }],
  ["gamma", { concentration: 0.4, scale: 2 }],
  ["gamma", { concentration: 1, scale: 0.5 }],
  ["gamma", { concentration: 7.5, scale: 0.1 }],
  ["gamma", { concentration: 3000, scale: 1 }],
  ["beta", { alpha: 0.3, beta: 0.4 }],
  ["beta", { alpha: 2, beta: 5 }],
  ["beta", { alpha: 300, beta: 70 }],
];

function fits(uniforms: tf.Tensor, what: string): void {
  const p = kolmogorovSmirnov(uniforms.dataSync() as Float32Array);
  assert.ok(p > smallestP, `${what}: p = ${p}`);
}

for (const backend of backends.filter(({ id }) => id === "cpu" || id === "wasm")) {
  describe(backend.id, () => {
    leavesNoTensors(() => backend.activate());

    cases.forEach(([id, parameters], i) => {
      test(`draws of ${id} ${JSON.stringify(parameters)} follow its distribution function`, () =>
        tf.tidy(() => {
          const distribution = families[id]!(parameters);
          const value = distribution.sample(noise(i));
          assert.deepEqual(value.shape, [1, draws, 1]);
          assert.equal(distribution.valueProblem(value), null);
          fits(distribution.unitCdf(value), id);
        }));
    });

    test("every component of a Dirichlet draw follows its beta margin", () =>
      tf.tidy(() => {
        const concentration = [0.4, 1.5, 3];
        const value = dirichlet({ concentration }).sample(noise(20));
        assert.equal(dirichlet({ concentration }).valueProblem(value), null);
        concentration.forEach((alpha, k) => {
          const component = tf.slice(value, [0, 0, k], [1, draws, 1]);
          fits(beta({ alpha, beta: 4.9 - alpha }).unitCdf(component), `component ${k}`);
        });
      }));

    test("whitened draws of a normal with full covariance are standard and uncorrelated", () =>
      tf.tidy(() => {
        const scaleTril = tf.tensor2d([
          [1.2, 0, 0],
          [-0.4, 0.8, 0],
          [0.3, 0.5, 0.6],
        ]);
        const mean = tf.tensor1d([0.5, -1, 2]);
        const value = normal({ mean, scaleTril }).sample(noise(21));
        const epsilon = triangularSolve(scaleTril, tf.sub(value, mean));
        for (let d = 0; d < 3; d++)
          fits(normal({ mean: 0, std: 1 }).unitCdf(tf.slice(epsilon, [0, 0, d], [1, draws, 1])), `unit ${d}`);
        const flat = tf.reshape(epsilon, [draws, 3]) as tf.Tensor2D;
        const correlation = tf.div(tf.matMul(flat, flat, true, false), draws).arraySync() as number[][];
        for (const [i, j] of [
          [0, 1],
          [0, 2],
          [1, 2],
        ] as const)
          assert.ok(Math.abs(correlation[i]![j]!) * Math.sqrt(draws) < 5.8, `${i}, ${j}`);
      }));

    test("draws of mixtures follow their distribution function, with a choice per unit and with a joint one", () =>
      tf.tidy(() => {
        const logits = [0.2, -0.5, 0.9];
        const units = mixture({
          logits,
          components: families.gamma!({ concentration: [0.5, 3, 40], scale: [1, 0.3, 0.2] }),
        }) as unknown as ContinuousUnits;
        fits(units.unitCdf(units.sample(noise(22))), "independent units");
        const components = [
          normal({ mean: [-1, 0], std: [0.5, 0.5] }),
          normal({ mean: [2, 1], std: [1.5, 0.3] }),
          normal({ mean: [0, 4], std: 1 }),
        ];
        const joint = mixture({ logits, components }).sample(noise(23));
        [0, 1].forEach((unit) => {
          const margin = mixture({
            logits,
            components: normal({
              mean: [
                [-1, 2, 0],
                [0, 1, 4],
              ][unit]!,
              std: [
                [0.5, 1.5, 1],
                [0.5, 0.3, 1],
              ][unit]!,
            }),
          }) as unknown as ContinuousUnits;
          fits(margin.unitCdf(tf.slice(joint, [0, 0, unit], [1, draws, 1])), `unit ${unit}`);
        });
      }));

    test("categorical draws have the stated frequencies (chi-squared)", () =>
      tf.tidy(() => {
        const probs = [0.1, 0.2, 0.05, 0.65];
        const counts = tf.sum(categorical({ probs }).sample(noise(24)), [0, 1, 2]).dataSync();
        const statistic = probs.reduce((sum, p, k) => sum + (counts[k]! - draws * p) ** 2 / (draws * p), 0);
        assert.ok(statistic < 40.5, String(statistic)); // 3 degrees of freedom, p ≈ 1e-8
      }));

    test("samples and rows are independent of each other's number", () =>
      tf.tidy(() => {
        const all: readonly Distribution[] = [
          ...cases.map(([id, parameters]) => families[id]!(parameters)),
          dirichlet({ concentration: [1, 2] }),
          dirac({ value: [1, 2] }),
        ];
        for (const distribution of all) {
          const small = distribution.sample(noise(3, 4, 1)).dataSync();
          const large = distribution.sample(noise(3, 4, 3)).dataSync();
          assert.deepEqual([...large.subarray(0, small.length)], [...small], distribution.id);
        }
      }));
  });
}
