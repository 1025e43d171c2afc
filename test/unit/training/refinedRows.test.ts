import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import { useBackend } from "../../../core/backends/registry";
import { measureVariance } from "../../../core/diagnostics/measureVariance";
import { collectRows } from "../../../core/gradients/collectRows";
import { bernoulli, defineModel, dense, normal, observe, parameter, sample } from "../../../core/index";
import { Noise } from "../../../core/random/noise";
import { refinedGradient } from "../../../core/training/refinedGradient";
import { refinedRows } from "../../../core/training/refinedRows";
import { makeBench } from "../diagnostics/support";
import { leavesNoTensors } from "../../support/leavesNoTensors";

leavesNoTensors(() => useBackend("cpu"));

const inference = { steps: 3, rate: 0.3 };

/** Two latent units under three pixels, with layers and raw parameters. */
const model = (kind: "bits" | "reals") =>
  defineModel(
    kind,
    () => {
      const encode = dense("encode", 3, 2);
      const decode = dense("decode", 2, 3);
      const prior = parameter("prior", [0.3, -0.4]);
      return {
        guide({ x }: { x: tf.Tensor }) {
          const out = encode(x);
          sample("h", kind === "bits" ? bernoulli({ logits: out }) : normal({ mean: out, std: 0.7 }));
        },
        model({ x }: { x: tf.Tensor }) {
          const h = sample("h", kind === "bits" ? bernoulli({ logits: prior }) : normal({ mean: prior, std: 1 }));
          observe("x", bernoulli({ logits: decode(h) }), x);
        },
      };
    },
    { inference },
  );

for (const [kind, estimator, numSamples] of [
  ["bits", "mean-passing", 1],
  ["bits", "straight-through", 3],
  ["reals", "pathwise", 2],
] as const) {
  test(`the rows of ${kind} under ${estimator} add up to the gradient that training takes`, () => {
    const x = tf.tensor3d([1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1], [1, 4, 3]);
    const bench = makeBench(model(kind), estimator, { data: { x }, numSamples });
    const { instance, structure, objective, estimators, data } = bench;
    const noise = new Noise({ seed: 2, step: 1, numSamples, numRows: 4, replicates: 1, firstReplicate: 1 });
    const expected = refinedGradient(instance, {
      ...{ node: "h", estimator: estimators.get("h")!, data, noise, inference },
    });
    tidy(() => {
      const evaluation = { structure, objective, estimators, data, noise, training: false };
      const { rows } = collectRows(instance, evaluation, refinedRows(instance));
      for (const row of rows) {
        const mean = tf.mean(row.materialise(), 0).dataSync();
        const wanted = expected.gradients.get(row.name)!.dataSync();
        wanted.forEach((value, e) => assert.ok(Math.abs(value - mean[e]!) < 1e-5, `${row.name}: ${mean[e]}, ${value}`));
      }
    });
    tf.dispose([...expected.gradients.values(), x]);
    bench.dispose();
  });
}

test("one bit that is refined without noise: the variance is p(1 − p)(g(1) − g(0))²", () => {
  const definition = defineModel(
    "one-bit",
    () => {
      const guide = parameter("guide", [-0.4]);
      const weight = parameter("weight", [1.4]);
      return {
        guide: () => void sample("h", bernoulli({ logits: guide })),
        model({ x }: { x: tf.Tensor }) {
          const h = sample("h", bernoulli({ logits: tf.tensor1d([0.2]) }));
          observe("x", bernoulli({ logits: tf.mul(h, weight) }), x);
        },
      };
    },
    { inference },
  );
  const x = tf.tensor3d([1], [1, 1, 1]);
  const bench = makeBench(definition, "mean-passing", { data: { x } });
  const draws = 4000;
  const request = { ...bench, examples: 1, hasData: true, draws, seed: 0, step: 0, elementsUpTo: 4 };
  const measured = measureVariance({ ...request, refined: true }).find(({ name }) => name === "weight")!;
  // q̃ by hand: the logit z climbs ∂/∂z [log p(x | h = σ(z)) − KL]; −∂ log p(x = 1 | h)/∂w = −h (1 − σ(h w)).
  const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
  let z = -0.4;
  for (let k = 0; k < inference.steps; k++) {
    const p = sigmoid(z);
    z += inference.rate * p * (1 - p) * (1.4 * (1 - sigmoid(1.4 * p)) - (z - 0.2));
  }
  const p = sigmoid(z);
  const exact = p * (1 - p) * (1 - sigmoid(1.4)) ** 2;
  // The relative error of a variance of n bits is √((1/(p(1 − p)) − 4)/n): five of it are passed once in a million times, and the variance at
  // the guide's posterior is more than ten away.
  const error = Math.sqrt((1 / (p * (1 - p)) - 4) / draws);
  const unrefined = sigmoid(-0.4) * (1 - sigmoid(-0.4)) * (1 - sigmoid(1.4)) ** 2;
  assert.ok(Math.abs(measured.monteCarlo! / exact - 1) < 5 * error + 1e-4, `${measured.monteCarlo}, exact ${exact}`);
  assert.ok(Math.abs(unrefined / exact - 1) > 10 * error);
  x.dispose();
  bench.dispose();
});
