import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { backends } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { nodeNoise } from "../../../core/distributions/distribution";
import { dirichlet } from "../../../core/distributions/dirichlet";
import { gamma } from "../../../core/distributions/gamma";
import { klDivergence } from "../../../core/distributions/klDivergence";
import { mixture } from "../../../core/distributions/mixture";
import { normal } from "../../../core/distributions/normal";
import { Noise } from "../../../core/random/noise";
import { families } from "./families";
import { leavesNoTensors } from "../../support/leavesNoTensors";

/** Made by scripts/reference/distributions.py with SciPy. */
const reference = JSON.parse(readFileSync(join(__dirname, "reference.json"), "utf8")) as {
  readonly univariate: readonly {
    id: string;
    parameters: Record<string, number>;
    values: number[];
    logProb: number[];
    cdf: number[];
    mean: number;
    variance: number;
    entropy: number;
    divergence: number | null;
  }[];
  readonly dirichlet: readonly {
    concentration: number[];
    value: number[];
    logProb: number;
    mean: number[];
    variance: number[];
    entropy: number;
  }[];
  readonly multivariateNormal: {
    mean: number[];
    scaleTril: number[][];
    value: number[];
    logProb: number;
    entropy: number;
    covariance: number[][];
  };
};

function close(actual: ArrayLike<number>, expected: readonly number[], what: string, tolerance = 2e-5): void {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) =>
    assert.ok(
      Math.abs(actual[i]! - value) <= tolerance * (1 + Math.abs(value)),
      `${what}: got ${actual[i]}, expected ${value}`,
    ),
  );
}

for (const backend of backends.filter(({ id }) => id === "cpu" || id === "wasm")) {
  describe(backend.id, () => {
    leavesNoTensors(() => backend.activate());

    for (const { id, parameters, values, logProb, cdf, mean, variance, entropy, divergence } of reference.univariate) {
      test(`${id} ${JSON.stringify(parameters)} agrees with SciPy`, () =>
        tf.tidy(() => {
          const distribution = families[id]!(parameters);
          const column = tf.tensor2d(values, [values.length, 1]);
          close(distribution.logProb(column).dataSync(), logProb, "log-density", 1e-5);
          close(distribution.unitCdf(column).dataSync(), cdf, "distribution function", 1e-5);
          close(
            distribution.unitCdf(column, true).dataSync(),
            cdf.map((p) => 1 - p),
            "upper tail",
            1e-5,
          );
          close(distribution.mean().dataSync(), [mean], "mean");
          close(distribution.variance().dataSync(), [variance], "variance");
          close(distribution.entropy()!.dataSync(), [entropy], "entropy");
          const first = reference.univariate.find((other) => other.id === id)!;
          const computed = klDivergence(distribution, families[id]!(first.parameters));
          if (divergence === null) assert.equal(computed, null);
          else close(computed!.dataSync(), [divergence], "divergence", 5e-5);
        }));
    }

    test("Dirichlet agrees with SciPy", () =>
      tf.tidy(() => {
        for (const { concentration, value, logProb, mean, variance, entropy } of reference.dirichlet) {
          const distribution = dirichlet({ concentration });
          close(distribution.logProb(tf.tensor1d(value)).dataSync(), [logProb], "log-density", 1e-5);
          close(distribution.mean().dataSync(), mean, "mean");
          close(distribution.variance()!.dataSync(), variance, "variance");
          close(distribution.entropy()!.dataSync(), [entropy], "entropy", 1e-4);
        }
      }));

    test("normal with full covariance agrees with SciPy", () =>
      tf.tidy(() => {
        const { mean, scaleTril, value, logProb, entropy, covariance } = reference.multivariateNormal;
        const distribution = normal({ mean, scaleTril });
        close(distribution.logProb(tf.tensor1d(value)).dataSync(), [logProb], "log-density");
        close(distribution.entropy()!.dataSync(), [entropy], "entropy");
        close(
          distribution.variance()!.dataSync(),
          covariance.map((row, i) => row[i]!),
          "variance",
        );
      }));

    test("the divergence of a distribution from itself is zero", () =>
      tf.tidy(() => {
        for (const { id, parameters, divergence } of reference.univariate) {
          const distribution = families[id]!(parameters);
          if (divergence !== null)
            close(klDivergence(distribution, families[id]!(parameters))!.dataSync(), [0], id, 1e-4);
        }
      }));

    test("gamma takes a rate or a scale, and beside it its cases", () =>
      tf.tidy(() => {
        const at = tf.tensor1d([0.8]);
        close(gamma({ concentration: 1, rate: 2 }).logProb(at).dataSync(), [Math.log(2) - 1.6], "exponential");
        close(
          gamma({ concentration: 2, scale: 2 }).logProb(at).dataSync(),
          [Math.log(0.8) - 0.4 - 2 * Math.log(2)],
          "chi-squared with 4 degrees",
        );
        assert.throws(() => gamma({ concentration: 1 } as never), /gamma needs either rate or scale, got neither/);
      }));

    test("a mixture's density is the weighted sum of its components', per unit or for all units at once", () =>
      tf.tidy(() => {
        const density = (z: number, mean: number, std: number): number =>
          Math.exp(-0.5 * ((z - mean) / std) ** 2) / (std * Math.sqrt(2 * Math.PI));
        const weights = [1 / 3, 2 / 3];
        const logits = [0, Math.log(2)];
        const units = mixture({
          logits,
          components: normal({
            mean: [
              [-1, 2],
              [0, 1],
            ],
            std: [0.5, 1.5],
          }),
        });
        assert.deepEqual(units.unitShape, [2]);
        const expected = [0.3, 0.9].map((z, u) =>
          Math.log(weights[0]! * density(z, [-1, 0][u]!, 0.5) + weights[1]! * density(z, [2, 1][u]!, 1.5)),
        );
        close(units.logProb(tf.tensor1d([0.3, 0.9])).dataSync(), [expected[0]! + expected[1]!], "independent units");
        const joint = mixture({
          logits,
          components: [normal({ mean: [-1, 0], std: [0.5, 0.5] }), normal({ mean: [2, 1], std: [1.5, 1.5] })],
        });
        const each = [density(0.3, -1, 0.5) * density(0.9, 0, 0.5), density(0.3, 2, 1.5) * density(0.9, 1, 1.5)];
        close(
          joint.logProb(tf.tensor1d([0.3, 0.9])).dataSync(),
          [Math.log(weights[0]! * each[0]! + weights[1]! * each[1]!)],
          "joint choice",
        );
        close(joint.mean().dataSync(), [1, 2 / 3], "mean");
      }));
  });
}

test("parameters that make no distribution are named with their value", () => {
  assert.equal(normal({ mean: 0, std: -1 }).problem(), "std lies above 0, got -1");
  assert.equal(gamma({ concentration: 2, rate: 0 }).problem(), "rate lies above 0, got 0");
  assert.match(
    normal({
      mean: [0, 0],
      scaleTril: [
        [1, 0],
        [0.5, 0],
      ],
    }).problem()!,
    /not positive definite\), got 0/,
  );
  assert.equal(dirichlet({ concentration: [1, -2] }).problem(), "concentration lies above 0, got -2");
  assert.equal(gamma({ concentration: 2, rate: 1 }).valueProblem(tf.tensor1d([-1])), "values lie above 0, got -1");
  assert.throws(
    () => mixture({ logits: [0, 0], components: dirichlet({ concentration: [1, 1] }) }),
    /independent real units/,
  );
});

test("draws of an impossible distribution are NaN, so that the step that makes them stops", () => {
  const noise = nodeNoise(
    new Noise({ seed: 1, step: 0, numSamples: 1, numRows: 3, replicates: 1, firstReplicate: 0 }),
    "z",
  );
  const impossible = [
    normal({ mean: 0, std: -1 }),
    normal({ mean: 0, std: 0 }),
    normal({
      mean: [0, 0],
      scaleTril: [
        [1, 0],
        [0.5, 0],
      ],
    }),
    families.lognormal!({ location: 0, scale: -1 }),
    gamma({ concentration: 0, scale: 1 }),
    gamma({ concentration: 1, rate: -2 }),
    families.beta!({ alpha: -1, beta: 1 }),
    dirichlet({ concentration: [1, 0] }),
  ];
  for (const distribution of impossible) {
    assert.ok(distribution.sample(noise).dataSync().some(Number.isNaN), JSON.stringify(distribution.problem()));
    assert.ok(distribution.problem());
  }
});
