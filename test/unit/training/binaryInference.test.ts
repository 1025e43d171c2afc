import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { useBackend } from "../../../core/backends/registry";
import type { Bernoulli } from "../../../core/distributions/bernoulli";
import type { NodeNoise } from "../../../core/distributions/distribution";
import { parseEstimator } from "../../../core/estimators/estimatorSpec";
import { ModelInstance } from "../../../core/graph/instance";
import { bernoulli, defineModel, observe, parameter, sample } from "../../../core/index";
import { Noise } from "../../../core/random/noise";
import { refinedGradient } from "../../../core/training/refinedGradient";
import { type GuideModel, refinePosterior } from "../../../core/training/refinePosterior";
import { leavesNoTensors } from "../../support/leavesNoTensors";

// Seed 5's E- and M-step for binary latents in float64, by hand, from its equations alone: no code of ours but the noise.

leavesNoTensors(() => useBackend("cpu"));

interface Given {
  readonly x: tf.Tensor;
}

const prior = [0.3, -0.5, 0.1];
const guide = [1, -1, 0.5];
const weight = [
  [1.3, -0.4],
  [0.7, 0.9],
  [-1.1, 0.3],
];
const bias = [0.2, -0.6];
const inputs = [
  [1, 0],
  [0, 1],
];
const units = [0, 1, 2];
const pixels = [0, 1];
const steps = 4;
const rate = 0.4;
const S = 3;

/** p(x | h) of bits, whose log-density is not quadratic. */
const model = defineModel("bits", () => {
  const a = parameter("prior", prior);
  const g = parameter("guide", guide);
  const W = parameter("weight", weight);
  const b = parameter("bias", bias);
  return {
    guide: () => void sample("h", bernoulli({ logits: g })),
    model: ({ x }: Given) => {
      const h = sample("h", bernoulli({ logits: a }));
      observe("x", bernoulli({ logits: tf.sum(tf.mul(tf.expandDims(h, -1), W), -2).add(b) }), x);
    },
  };
});

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
const logitsOf = (h: readonly number[]): number[] =>
  pixels.map((k) => bias[k]! + units.reduce((sum, i) => sum + h[i]! * weight[i]![k]!, 0));
/** ∂ log p(x | h) / ∂h. */
const slope = (h: readonly number[], x: readonly number[]): number[] => {
  const residual = logitsOf(h).map((a, k) => x[k]! - sigmoid(a));
  return units.map((i) => pixels.reduce((sum, k) => sum + residual[k]! * weight[i]![k]!, 0));
};
/** KL(q̃ ‖ p(h)) has the derivative (z − a) μ (1 − μ) in z: prior and entropy terms of eq. 8 and 9, exact. */
const divergenceSlope = (z: number, i: number): number => (z - prior[i]!) * sigmoid(z) * (1 - sigmoid(z));

type Way = "mean-passing" | "straight-through" | "straight-through(through=logits)";

const noise = new Noise({ seed: 5, step: 2, numSamples: S, numRows: 2, replicates: 1, firstReplicate: 0 });

/** The bits that step k of an example draws: u > σ(−z), stream k + 1 of the node. */
function draws(stream: number, b: number, z: readonly number[]): number[][] {
  const u = noise.uniform("h", [3], stream).dataSync();
  return Array.from({ length: S }, (_, s) => units.map((i) => Number(u[(s * 2 + b) * 3 + i]! > sigmoid(-z[i]!))));
}

/** Eq. 5 with eq. 8 or eq. 9, z_t for t = 0 … steps. */
function eStep(way: Way, b: number): number[][] {
  const x = inputs[b]!;
  const path = [[...guide]];
  for (let k = 0; k < steps; k++) {
    const z = path.at(-1)!;
    const mean = z.map(sigmoid);
    const slopes = way === "mean-passing" ? [slope(mean, x)] : draws(k + 1, b, z).map((h) => slope(h, x));
    path.push(
      z.map((zi, i) => {
        const average = slopes.reduce((sum, all) => sum + all[i]!, 0) / slopes.length;
        const factor = way === "straight-through(through=logits)" ? 1 : mean[i]! * (1 - mean[i]!);
        return zi + rate * (factor * average - divergenceSlope(zi, i));
      }),
    );
  }
  return path;
}

function withModel(use: (instance: ModelInstance, data: Given) => void): void {
  const instance = new ModelInstance(model, 0);
  tf.tidy(() => use(instance, { x: tf.tensor3d([inputs]) }));
  instance.dispose();
}

for (const way of ["mean-passing", "straight-through", "straight-through(through=logits)"] as const) {
  const { estimator, options } = parseEstimator(way);

  test(`E-step, ${way}: every z_t equals eq. 5 by hand in float64`, () => {
    withModel((instance, data) => {
      const view: NodeNoise = { uniform: (shape, stream) => noise.uniform("h", shape, stream) };
      let k = 0;
      refinePosterior({
        functions: instance.functions as GuideModel,
        ...{
          node: "h",
          data: data as never,
          shape: [S, 2],
          estimator: estimator.create(options),
          noise: view,
          steps,
          rate,
        },
        onStep(_, q) {
          const found = (q as Bernoulli).logits.dataSync();
          inputs.forEach((_x, b) =>
            eStep(way, b)[k]!.forEach((z, i) =>
              assert.ok(Math.abs(found[b * 3 + i]! - z) < 2e-6, `step ${k}: ${found[b * 3 + i]!}, by hand ${z}`),
            ),
          );
          k++;
        },
      });
      assert.equal(k, steps + 1);
    });
  });

  test(`M-step, ${way}: the model's gradient is taken at draws from q̃, the guide's is that of KL(q̃ ‖ q), eq. 7`, () => {
    withModel((instance, data) => {
      const request = { node: "h", estimator: estimator.create(options), data: data as never, noise };
      const { gradients } = refinedGradient(instance, { ...request, inference: { steps, rate } });
      const expected = { prior: [0, 0, 0], guide: [0, 0, 0], weight: Array<number>(6).fill(0), bias: [0, 0] };
      inputs.forEach((x, b) => {
        const z = eStep(way, b).at(-1)!;
        units.forEach((i) => {
          expected.prior[i]! += (sigmoid(prior[i]!) - sigmoid(z[i]!)) / 2;
          expected.guide[i]! += (sigmoid(guide[i]!) - sigmoid(z[i]!)) / 2;
        });
        for (const h of draws(0, b, z)) {
          logitsOf(h).forEach((a, k) => {
            const residual = (x[k]! - sigmoid(a)) / (2 * S);
            expected.bias[k]! -= residual;
            units.forEach((i) => (expected.weight[i * 2 + k]! -= residual * h[i]!));
          });
        }
      });
      for (const [name, values] of Object.entries(expected)) {
        const found = gradients.get(name)!.dataSync();
        values.forEach((value, i) =>
          assert.ok(Math.abs(found[i]! - value) < 2e-6, `${name}: ${found[i]!}, by hand ${value}`),
        );
      }
    });
  });
}
