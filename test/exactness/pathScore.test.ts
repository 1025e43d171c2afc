import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, dense, normal, observe, parameter, sample, tf as language } from "gradlens";
import { tf } from "../../core/backends/tf";
import { measurePathScore } from "../../core/diagnostics/measurePathScore";
import type { ModelDefinition } from "../../core/model/defineModel";
import type { PathScore } from "../../core/protocol/variance";
import { type Bench, makeBench } from "../unit/diagnostics/support";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

const x = 1.3;
const noiseStd = 0.8;
/** Posterior of h ~ N(0, 1), x | h ~ N(h, 0.8²). */
const precision = 1 + 1 / noiseStd ** 2;
const posteriorMean = x / noiseStd ** 2 / precision;

const toy = (mean: number, std: number): ModelDefinition =>
  defineModel("toy", () => {
    const location = parameter("mean", [mean]);
    const logStd = parameter("log-std", [Math.log(std)]);
    const shift = parameter("shift", [0]);
    return {
      guide: () => void sample("h", normal({ mean: location, std: language.exp(logStd) })),
      model: () => {
        const h = sample("h", normal({ mean: [0], std: [1] }));
        observe("x", normal({ mean: language.add(h, shift), std: [noiseStd] }), language.tensor1d([x]));
      },
    };
  });

function measure(bench: Bench, draws: number, seed = 0): ReadonlyMap<string, PathScore> {
  const examples = bench.batchSize;
  return new Map(measurePathScore({ ...bench, examples, draws, seed, step: 0 }).map((entry) => [entry.name, entry]));
}

/**
 * With z = m + sε: ∂/∂z of the path is p (z − M) − (z − m)/s² = α + βε, p the posterior's precision, M its mean, α = p (m − M),
 * β = ps − 1/s. Towards m: path α + βε, score ε/s. Towards log s: path (α + βε) sε, score ε² − 1.
 */
function closedForm(m: number, s: number): Record<string, { path: number; score: number; covariance: number }> {
  const [a, b] = [precision * (m - posteriorMean), precision * s - 1 / s];
  return {
    mean: { path: b * b, score: 1 / (s * s), covariance: b / s },
    "log-std": { path: s * s * (a * a + 2 * b * b), score: 2, covariance: 2 * s * b },
  };
}

const pathToTotal = ({ path, score, covariance }: { path: number; score: number; covariance: number }): number =>
  path / (path + 2 * covariance + score);

for (const estimator of ["pathwise", "sticking-the-landing", "dreg"]) {
  test(`path and score part under ${estimator} have the closed form's variances, covariance and best coefficient (4 × 10 numbers, false alarms below 1e-4 each)`, () => {
    for (const [m, s] of [
      [0.5, 0.9],
      [-0.5, 1.4],
      [1.2, 0.3],
      [0.1, 0.5],
    ] as const) {
      const bench = makeBench(toy(m, s), estimator);
      const found = measure(bench, 40_000, 3);
      assert.deepEqual([...found.keys()], ["mean", "log-std"], "the model's own parameter has no score");
      for (const [name, expected] of Object.entries(closedForm(m, s))) {
        const { pathVariance, scoreVariance, covariance, bestCoefficient, ...entry } = found.get(name)!;
        for (const [what, value, interval, truth] of [
          ["path", pathVariance, entry.pathInterval, expected.path],
          ["score", scoreVariance, entry.scoreInterval, expected.score],
          ["covariance", covariance, entry.covarianceInterval, expected.covariance],
          ["c", bestCoefficient, entry.interval, 1 + expected.covariance / expected.score],
          ["path over total", entry.pathToTotal, entry.pathToTotalInterval, pathToTotal(expected)],
        ] as const) {
          assert.ok(interval && value !== null, `${name} ${what} is unknown`);
          const reach = interval[1] - interval[0]; // twice a 95 % interval's half width, or more
          assert.ok(Math.abs(value - truth) <= reach + 1e-4, `${m}, ${s}, ${name}, ${what}: ${value}, exact ${truth}`);
          assert.ok(reach < 0.25 * (Math.abs(truth) + expected.score), `${name} ${what}: interval of width ${reach}`);
        }
      }
      bench.dispose();
    }
  });
}

test("at the posterior the path part has no variance, the score keeps its own, and the best coefficient is 1", () => {
  const bench = makeBench(toy(posteriorMean, 1 / Math.sqrt(precision)), "pathwise");
  for (const { name, pathVariance, scoreVariance, covariance, bestCoefficient } of measure(bench, 400).values()) {
    assert.ok(pathVariance! < 1e-10 && Math.abs(covariance!) < 1e-5, `${name}: ${pathVariance}, ${covariance}`);
    assert.ok(scoreVariance! > 0.5 && Math.abs(bestCoefficient! - 1) < 1e-5, `${name}: ${bestCoefficient}`);
  }
  bench.dispose();
});

for (const pairs of [16, 128]) {
  test(`from ${pairs} pairs the intervals cover the truth in at least 92 % of 400 repetitions (95 % is less than that once in 200)`, () => {
    for (const [m, s] of [
      [0.5, 0.9],
      [0.1, 0.4],
    ] as const) {
      const bench = makeBench(toy(m, s), "pathwise");
      const exact = closedForm(m, s);
      const covered = new Map<string, number>();
      for (let seed = 0; seed < 400; seed++) {
        for (const entry of measure(bench, 2 * pairs, seed).values()) {
          const { path, score, covariance } = exact[entry.name]!;
          for (const [what, interval, truth] of [
            ["path", entry.pathInterval, path],
            ["score", entry.scoreInterval, score],
            ["covariance", entry.covarianceInterval, covariance],
            ["c", entry.interval, 1 + covariance / score],
            ["path over total", entry.pathToTotalInterval, pathToTotal({ path, score, covariance })],
          ] as const) {
            const key = `${m}, ${s}: ${entry.name} ${what}`;
            const inside = !interval || (interval[0] <= truth && truth <= interval[1]);
            covered.set(key, (covered.get(key) ?? 0) + Number(inside));
          }
        }
      }
      for (const [key, count] of covered) assert.ok(count >= 0.92 * 400, `${key}: ${count / 400}`);
      bench.dispose();
    }
  });
}

test("inner products and rows give the same parts, through two layers with data", () => {
  const build = (wide: boolean): ModelDefinition =>
    defineModel("layers", () => {
      const first = dense("first", 3, 2, {
        weight: [
          [0.4, -0.2],
          [0.1, 0.6],
          [-0.5, 0.3],
        ],
      });
      const inputs = wide ? 2200 : 2;
      const second = dense("second", inputs, 2, {
        weight: language.tensor2d(
          Array.from({ length: inputs * 2 }, (_, i) => (i < 4 ? 0.3 * i - 0.4 : 0)),
          [inputs, 2],
        ),
      });
      return {
        guide({ x: data }: { readonly x: language.Tensor }) {
          const h1 = sample("h1", normal({ mean: first(data), std: [0.7] }));
          const widened = wide ? language.concat([h1, language.zeros([...h1.shape.slice(0, -1), inputs - 2])], -1) : h1;
          sample("h2", normal({ mean: second(widened), std: [0.6] }));
        },
        model({ x: data }: { readonly x: language.Tensor }) {
          const h2 = sample("h2", normal({ mean: [0, 0], std: [1] }));
          const h1 = sample("h1", normal({ mean: h2, std: [1] }));
          observe("x", normal({ mean: language.sum(language.sin(h1), -1, true), std: [1] }), data);
        },
      };
    });
  const data = { x: tf.tensor3d([[[0.2, -0.4, 1], [1, 0.3, -0.8], [0.5, 0.5, 0.1], [-1, 0.2, 0.4]]]) }; // prettier-ignore
  const [rows, products] = [false, true].map((wide) => {
    const bench = makeBench(build(wide), "pathwise", { data });
    const found = measure(bench, 2, 5);
    bench.dispose();
    return found;
  });
  for (const name of ["first/weight", "first/bias", "second/weight", "second/bias"]) {
    for (const key of ["pathVariance", "scoreVariance", "covariance"] as const) {
      const [a, b] = [rows!.get(name)![key]!, products!.get(name)![key]!];
      assert.ok(Math.abs(a - b) <= 1e-4 * Math.abs(a) + 1e-6, `${name} ${key}: ${a} and ${b}`);
    }
  }
  tf.dispose(Object.values(data));
});

test("there is no split under the importance-weighted bound with several samples, nor at nodes without a path", () => {
  for (const [estimator, options] of [
    ["pathwise", { objective: "iwae", numSamples: 2 }],
    ["lr", {}],
  ] as const) {
    const bench = makeBench(toy(0.5, 0.9), estimator, options);
    assert.equal(measure(bench, 32).size, 0);
    bench.dispose();
  }
});
