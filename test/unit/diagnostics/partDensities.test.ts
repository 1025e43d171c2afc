import assert from "node:assert/strict";
import { before, test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { defineModel, normal, observe, parameter, sample, tf as language } from "gradlens";
import { tf } from "../../../core/backends/tf";
import { density, partDensities } from "../../../core/diagnostics/partDensities";
import { normalCdf } from "../../../core/numerics/special/scalar/errorFunction";
import { makeBench } from "./support";

before(() => tf.setBackend("cpu"));

const count = (bins: Uint32Array): number => bins.reduce((sum, n) => sum + n, 0);

test("values are counted in bins around zero, the last one holds the upper end, and zeros of both parts stay out", () => {
  const path = [0, ...Array.from({ length: 48 }, (_, i) => (i - 23.5) / 24)];
  const { low, high, values, zeroShare, ...parts } = density(
    "w",
    path,
    path.map(() => 0),
  );
  assert.deepEqual([low, high].map(Math.abs), [23.5 / 24, 23.5 / 24]);
  assert.equal(values, 48);
  assert.ok(Math.abs(zeroShare - 1 / 49) < 1e-12);
  assert.equal(count(parts.path), 48);
  assert.deepEqual(parts.total, parts.path);
  assert.equal(parts.path.at(-1), 1);
  assert.equal(count(parts.score), 48, "a part that is zero where the other is not counts");
});

test("path and score of a normal node fill their bins as the closed form says (χ² with a false alarm below 1e-5), and nothing is left behind", () => {
  const tensors = tf.memory().numTensors;
  const [m, s, x] = [0.4, 0.9, 1.3];
  const model = defineModel("toy", () => {
    const location = parameter("mean", [m]);
    return {
      guide: () => void sample("h", normal({ mean: location, std: [s] })),
      model: () => {
        const h = sample("h", normal({ mean: [0], std: [1] }));
        observe("x", normal({ mean: h, std: [0.8] }), language.tensor1d([x]));
      },
    };
  });
  const bench = makeBench(model, "pathwise");
  const [found] = partDensities({ ...bench, examples: 1, draws: 4000, seed: 1, step: 0 });
  const { low, high, path, score, values } = found!;
  assert.equal(values, 4000);
  // With z = m + sε: path p (z − M) − (z − m)/s² = p (m − M) + (ps − 1/s) ε, score ε/s (seed 4, section 4.2).
  const precision = 1 + 1 / 0.64;
  for (const [bins, mean, std] of [
    [path, precision * m - x / 0.64, Math.abs(precision * s - 1 / s)],
    [score, 0, 1 / s],
  ] as const) {
    const width = (high - low) / bins.length;
    const expected = Array.from(bins, (_, i) => {
      const upTo = (edge: number): number => normalCdf((low + edge * width - mean) / std);
      return values * (upTo(i + 1) - upTo(i));
    });
    const used = expected.flatMap((n, i) => (n >= 5 ? [(bins[i]! - n) ** 2 / n] : []));
    const chiSquared = used.reduce((sum, term) => sum + term, 0);
    assert.ok(used.length > 20);
    assert.ok(chiSquared < used.length + 5 * Math.sqrt(2 * used.length), `χ² ${chiSquared} over ${used.length} bins`);
  }
  bench.dispose();
  assert.equal(tf.memory().numTensors, tensors);
});
