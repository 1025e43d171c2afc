import assert from "node:assert/strict";
import { test } from "node:test";
import { slope } from "../../core/diagnostics/sweeps/slope";
import type { SweepRecord } from "../../core/protocol/sweep";
import { answer, modelFile, refusal, teaching, temporaryFolder } from "../unit/cli/support";

const folder = temporaryFolder();

/** One Bernoulli unit of logit a under f(b) = (b − 0.45)⁴, whose relaxed values tell estimators apart. */
const logit = 0.4;
const relaxed = modelFile(
  folder,
  "relaxed.ts",
  `import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
export default defineModel("relaxed", () => {
  const theta = parameter("theta", [${logit}]);
  return {
    program() {
      const b = sample("b", bernoulli({ logits: theta }));
      cost("f", tf.pow(tf.sub(b, 0.45), 4).sum(-1));
    },
  };
}, { estimator: "gumbel-softmax" });
`,
);

/** Mean and variance of f'(z) dz/da, z = σ((a + L)/T) and L logistic, by the midpoint rule over L's uniform variable. */
function relaxedMoments(temperature: number): { bias: number; variance: number } {
  const cells = 400_000;
  let first = 0;
  let second = 0;
  for (let i = 0; i < cells; i++) {
    const u = (i + 0.5) / cells;
    const z = 1 / (1 + Math.exp(-(logit + Math.log(u / (1 - u))) / temperature));
    const g = (4 * (z - 0.45) ** 3 * z * (1 - z)) / temperature;
    first += g / cells;
    second += (g * g) / cells;
  }
  const p = 1 / (1 + Math.exp(-logit));
  const exact = p * (1 - p) * (0.55 ** 4 - 0.45 ** 4);
  return { bias: first - exact, variance: second - first * first };
}

// At another seed each of 24 intervals would miss with probability 5 %.
test("a temperature sweep's intervals hold the bias² and variance that quadrature gives", async () => {
  const { points, best } = await answer<SweepRecord>("sweep", relaxed, "--over", "temperature", "--draws", "20000");
  assert.equal(points.length, 8);
  const truth = points.map(({ value }) => relaxedMoments(value));
  let errors = 0;
  points.forEach(({ value, biasSquared, variance, meanSquaredError }, i) => {
    const { bias, variance: exact } = truth[i]!;
    for (const [measured, known] of [
      [biasSquared, bias ** 2],
      [variance, exact],
      [meanSquaredError, bias ** 2 + exact],
    ] as const) {
      const [low, high] = measured.interval!;
      if (known < low || known > high) errors++;
      assert.ok(Math.abs(measured.value! - known) < 0.1 * exact + 1e-6, `temperature ${value}`);
    }
  });
  assert.ok(errors <= 1, `${errors} of 24 intervals miss`);
  const mse = truth.map(({ bias, variance }) => bias ** 2 + variance);
  assert.equal(best, points[mse.indexOf(Math.min(...mse))]!.value);
});

test("an enumerated sweep over samples has 1/K of the variance, no bias and the exponent −1", async () => {
  const { points, slopes, best } = await answer<SweepRecord>(
    ...(["sweep", teaching("one-bit.ts"), "--over", "samples", "--estimator", "lr", "--values", "1,2,4,8"] as const),
  );
  const [first] = points;
  for (const { value, method, variance, biasSquared, parameters } of points) {
    assert.equal(method, "enumeration");
    assert.ok(Math.abs(variance.value! * value - first!.variance.value!) < 1e-5 * first!.variance.value!);
    assert.deepEqual(variance.interval, [variance.value, variance.value]);
    assert.ok(biasSquared.value! < 1e-12);
    assert.ok(Math.abs(parameters[0]!.snr.value! / Math.sqrt(value) - first!.parameters[0]!.snr.value!) < 1e-5);
  }
  const bias = await answer<{ parameters: { variance: number[] }[] }>(
    "bias",
    teaching("one-bit.ts"),
    "--estimator",
    "lr",
  );
  assert.ok(Math.abs(bias.parameters[0]!.variance[0]! - first!.variance.value!) < 1e-9);
  const found = slopes.find(({ quantity }) => quantity === "variance")!;
  assert.ok(Math.abs(found.exponent + 1) < 1e-4);
  assert.equal(best, null, "more samples cost more: none is recommended");
});

test("a sweep over gsb's order finds the series' error where it is known", async () => {
  // z ~ N(μ, σ²), f = z²: the gradient in σ is the series' second term, so order 1 misses 2σ of it and order 2 nothing.
  const file = modelFile(
    folder,
    "series.ts",
    `import { cost, defineModel, normal, parameter, sample, tf } from "gradlens";
export default defineModel("series", () => {
  const mean = parameter("mean", [0.5]);
  const std = parameter("std", [0.8]);
  return {
    program() {
      const z = sample("z", normal({ mean, std }));
      cost("f", tf.square(z).sum(-1));
    },
  };
}, { estimator: "gsb" });
`,
  );
  const { points } = await answer<SweepRecord>("sweep", file, "--over", "order", "--values", "1,2", "--draws", "20000");
  const missing = (2 * 0.8) ** 2; // (∂/∂σ E z²)² = (2σ)²
  const [one, two] = points;
  assert.ok(one!.biasSquared.interval![0] <= missing && missing <= one!.biasSquared.interval![1]);
  assert.ok(Math.abs(one!.biasSquared.value! - missing) < 0.1 * missing);
  assert.equal(two!.biasSquared.interval![0], 0);
  assert.ok(two!.biasSquared.interval![1] < 0.05 * missing);
});

test("too few draws leave every number unknown, and nothing is recommended", async () => {
  const { points, best } = await answer<SweepRecord>("sweep", relaxed, "--over", "temperature", "--draws", "4");
  for (const { biasSquared, variance, meanSquaredError } of points)
    for (const measured of [biasSquared, variance, meanSquaredError])
      assert.deepEqual(measured, { value: null, interval: null });
  assert.equal(best, null);
});

test("an exponent is unknown where a point of the last half is, and exact on a power", () => {
  const exact = [1, 2, 4, 8].map((x) => ({ value: 3 * x ** -0.5, interval: [3 * x ** -0.5, 3 * x ** -0.5] as const }));
  const found = slope([1, 2, 4, 8], exact, 0.95)!;
  assert.ok(Math.abs(found.exponent + 0.5) < 1e-12);
  assert.equal(slope([1, 2, 4, 8], [...exact.slice(0, 3), { value: 1, interval: [0, 2] }], 0.95), null);
});

test("what cannot be swept is refused with the reason", async () => {
  const bit = teaching("one-bit.ts");
  assert.match(
    await refusal(2, "sweep", bit, "--over", "temperature", "--estimator", "lr"),
    /GL1411|no node's estimator/,
  );
  assert.match(await refusal(2, "sweep", bit, "--over", "weather"), /temperature, order, samples/);
  assert.match(
    await refusal(2, "sweep", relaxed, "--over", "temperature", "--values", "1,-1"),
    /numbers above 0, got -1/,
  );
  assert.match(await refusal(2, "sweep", relaxed, "--over", "temperature", "--values", "1,x"), /got "x"/);
});
