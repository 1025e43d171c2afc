import assert from "node:assert/strict";
import { test } from "node:test";
import { slope } from "../../core/diagnostics/sweeps/slope";
import type { SweepRecord } from "../../core/protocol/sweep";
import { answer, modelFile, temporaryFolder } from "../unit/cli/support";

/** Signal-to-noise ratio against K under the importance-weighted bound, by hand: by enumeration, and by quadrature. */
const folder = temporaryFolder();
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

interface Moments {
  readonly variance: number;
  readonly snr: number;
}

/** Moments of each parameter's gradient of −log 1/K Σ w_k over weighted outcomes. */
function momentsOf(outcomes: Iterable<readonly [weight: number, gradient: readonly number[]]>): Moments[] {
  const sums: { first: number; second: number }[] = [];
  let total = 0;
  for (const [weight, gradient] of outcomes) {
    total += weight;
    gradient.forEach((value, i) => {
      const sum = (sums[i] ??= { first: 0, second: 0 });
      sum.first += weight * value;
      sum.second += weight * value * value;
    });
  }
  return sums.map(({ first, second }) => {
    const mean = first / total;
    const variance = second / total - mean ** 2;
    return { variance, snr: Math.abs(mean) / Math.sqrt(variance) };
  });
}

/** All K-tuples of some values, with the product of their weights. */
function* tuples<T>(K: number, values: readonly (readonly [number, T])[]): Generator<readonly [number, readonly T[]]> {
  if (K === 0) yield [1, []];
  else
    for (const [weight, rest] of tuples(K - 1, values))
      for (const [own, value] of values) yield [weight * own, [...rest, value]];
}

/** −log 1/K Σ w_k and its normalised weights. */
function bound(logWeights: readonly number[]): { readonly loss: number; readonly shares: readonly number[] } {
  const top = Math.max(...logWeights);
  const sum = logWeights.reduce((total, value) => total + Math.exp(value - top), 0);
  return { loss: -(top + Math.log(sum / logWeights.length)), shares: logWeights.map((v) => Math.exp(v - top) / sum) };
}

const bit = modelFile(
  folder,
  "bit.ts",
  `import { bernoulli, defineModel, observe, parameter, sample, tf } from "gradlens";
export default defineModel("bit", () => {
  const a = parameter("guide", [0.7]);
  const c = parameter("prior", [-0.4]);
  const d = parameter("decode", [0.3]);
  return {
    guide() { sample("h", bernoulli({ logits: a })); },
    model() {
      const h = sample("h", bernoulli({ logits: c }));
      observe("x", bernoulli({ logits: d.add(h.mul(-1.5)) }), tf.tensor1d([1]));
    },
  };
}, { objective: "iwae", estimator: "lr" });
`,
);

/** lr under the bound: L Σ ∂log q/∂a, and the loss's own derivatives. */
function bitMoments(K: number): Moments[] {
  const [a, c, d] = [0.7, -0.4, 0.3];
  const bits = [0, 1].map((h) => [h ? sigmoid(a) : 1 - sigmoid(a), h] as const);
  function* outcomes(): Generator<readonly [number, readonly number[]]> {
    for (const [weight, hs] of tuples(K, bits)) {
      const log = (h: number, p: number): number => Math.log(h ? p : 1 - p);
      const { loss, shares } = bound(
        hs.map((h) => log(h, sigmoid(c)) + Math.log(sigmoid(d - 1.5 * h)) - log(h, sigmoid(a))),
      );
      const score = hs.reduce((sum, h) => sum + h - sigmoid(a), 0);
      const mean = (of: (h: number) => number): number => hs.reduce((sum, h, k) => sum + shares[k]! * of(h), 0);
      // One sample is the ELBO, where the derivative of log q itself, zero in the mean, is left out.
      const guide = loss * score + (K === 1 ? 0 : mean((h) => h - sigmoid(a)));
      yield [weight, [guide, -mean((h) => h - sigmoid(c)), -mean((h) => 1 - sigmoid(d - 1.5 * h))]];
    }
  }
  return momentsOf(outcomes());
}

test("a sweep over the samples of a bound prints the enumerated variance and signal-to-noise ratio of every parameter", async () => {
  const values = [1, 2, 3, 5];
  const { points, slopes } = await answer<SweepRecord>("sweep", bit, "--over", "samples", "--values", values.join());
  const truth = values.map(bitMoments);
  points.forEach(({ method, samples, biasSquared, variance, parameters }, i) => {
    assert.equal(method, "enumeration");
    assert.equal(samples, values[i]);
    assert.ok(biasSquared.value! < 1e-11, `bias² ${biasSquared.value}`);
    parameters.forEach((parameter, j) => {
      for (const quantity of ["variance", "snr"] as const) {
        const [found, known] = [parameter[quantity].value!, truth[i]![j]![quantity]];
        assert.ok(
          Math.abs(found - known) < 1e-5 * known,
          `${parameter.name} K = ${values[i]}: ${quantity} ${found}, by hand ${known}`,
        );
      }
    });
    const whole = truth[i]!.reduce((sum, { variance: own }) => sum + own, 0);
    assert.ok(Math.abs(variance.value! - whole) < 1e-5 * whole);
  });
  for (const { parameter, quantity, exponent } of slopes) {
    const j = points[0]!.parameters.findIndex(({ name }) => name === parameter);
    const exact = truth.map((moments) => ({ value: moments[j]![quantity], interval: null }));
    assert.ok(Math.abs(exponent - slope(values, exact, 0.95)!.exponent) < 1e-4);
  }
  assert.equal(slopes.length, 6);
});

const gaussian = modelFile(
  folder,
  "gaussian.ts",
  `import { defineModel, normal, observe, parameter, sample, tf } from "gradlens";
export default defineModel("gaussian", () => {
  const m = parameter("mean", [0.2]);
  const s = parameter("log-std", [-0.1]);
  const p = parameter("prior", [-0.3]);
  return {
    guide() { sample("h", normal({ mean: m, std: tf.exp(s) })); },
    model() {
      const h = sample("h", normal({ mean: p, std: [1] }));
      observe("x", normal({ mean: h, std: [0.8] }), tf.tensor1d([1.3]));
    },
  };
}, { objective: "iwae", estimator: "pathwise" });
`,
);

/** Pathwise: h = m + s ε, the derivative of −log 1/K Σ w_k through h; by the trapezoid rule over K normal variables. */
function gaussianMoments(K: number): Moments[] {
  const [m, s, p] = [0.2, Math.exp(-0.1), -0.3];
  const step = 0.2;
  const nodes = Array.from({ length: 71 }, (_, i) => (i - 35) * step).map((e) => [Math.exp((-e * e) / 2), e] as const);
  function* outcomes(): Generator<readonly [number, readonly number[]]> {
    for (const [weight, es] of tuples(K, nodes)) {
      const hs = es.map((e) => m + s * e);
      const { shares } = bound(
        hs.map((h, k) => -((h - p) ** 2) / 2 - (1.3 - h) ** 2 / 1.28 + es[k]! ** 2 / 2 + Math.log(s)),
      );
      const through = hs.map((h) => -(h - p) + (1.3 - h) / 0.64);
      const mean = (of: (k: number) => number): number => shares.reduce((sum, share, k) => sum + share * of(k), 0);
      yield [weight, [-mean((k) => through[k]!), -mean((k) => through[k]! * s * es[k]! + 1), -mean((k) => hs[k]! - p)]];
    }
  }
  return momentsOf(outcomes());
}

// At another seed each of 18 intervals would miss with probability 5 %: more than four with probability 1e-3.
test("the drawn intervals of a sweep over the samples of a bound hold what quadrature gives, exponents included", async () => {
  const values = [1, 2, 3];
  const { points, slopes } = await answer<SweepRecord>(
    ...(["sweep", gaussian, "--over", "samples", "--values", values.join(), "--draws", "20000"] as const),
  );
  const truth = values.map(gaussianMoments);
  let missed = 0;
  points.forEach(({ method, parameters }, i) => {
    assert.equal(method, "sampling");
    parameters.forEach((parameter, j) => {
      for (const quantity of ["variance", "snr"] as const) {
        const [{ value, interval }, known] = [parameter[quantity], truth[i]![j]![quantity]];
        if (known < interval![0] || known > interval![1]) missed++;
        assert.ok(
          Math.abs(value! - known) < 0.1 * known,
          `${parameter.name} K = ${values[i]}: ${quantity} ${value}, by quadrature ${known}`,
        );
      }
    });
  });
  assert.ok(missed <= 2, `${missed} of 18 intervals miss`);
  for (const { parameter, quantity, interval } of slopes) {
    const j = points[0]!.parameters.findIndex(({ name }) => name === parameter);
    const exact = slope(
      values,
      truth.map((moments) => ({ value: moments[j]![quantity], interval: null })),
      0.95,
    )!;
    assert.ok(
      exact.exponent >= interval![0] && exact.exponent <= interval![1],
      `${parameter} ${quantity}: ${exact.exponent}`,
    );
  }
});
