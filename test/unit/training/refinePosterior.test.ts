import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../../core/backends/tf";
import { useBackend } from "../../../core/backends/registry";
import type { Bernoulli } from "../../../core/distributions/bernoulli";
import type { Distribution, NodeNoise } from "../../../core/distributions/distribution";
import type { LocationScale } from "../../../core/distributions/locationScale";
import { parseEstimator } from "../../../core/estimators/estimatorSpec";
import { ModelInstance } from "../../../core/graph/instance";
import { bernoulli, defineModel, normal, observe, parameter, sample } from "../../../core/index";
import type { ModelDefinition } from "../../../core/model/defineModel";
import { Noise } from "../../../core/random/noise";
import { decomposeRefined } from "../../../core/training/decomposeRefined";
import { refinedGradient } from "../../../core/training/refinedGradient";
import { type GuideModel, lossUnder, refinePosterior } from "../../../core/training/refinePosterior";
import { leavesNoTensors } from "../../support/leavesNoTensors";

leavesNoTensors(() => useBackend("cpu"));

interface Given {
  readonly x: tf.Tensor;
}

/** h ~ N(0, 1)², x | h ~ N(h A, 0.8²) with correlated posteriors, and a guide that starts elsewhere for both examples. */
const A = [
  [1, 0.5],
  [-0.3, 1.2],
];
const linear = defineModel("linear", () => {
  const mean = parameter("mean", [0.5, -1]);
  const logStd = parameter("log-std", [0.2, -0.4]);
  const weight = parameter("weight", A);
  return {
    guide: ({ x }: Given) => void sample("h", normal({ mean: tf.add(mean, tf.mul(x, 0.1)), std: tf.exp(logStd) })),
    model: ({ x }: Given) => {
      const h = sample("h", normal({ mean: [0, 0], std: [1, 1] }));
      const to = tf.sum(tf.mul(tf.expandDims(h, -1), weight), -2);
      observe("x", normal({ mean: to, std: [0.8, 0.8] }), x);
    },
  };
});
const inputs = [
  [1.3, -0.2],
  [-0.6, 0.9],
];

/** Bits under a normal observation, whose log-density is quadratic in them: three units, guide far off. */
const bits = defineModel("bits", () => {
  const prior = parameter("prior", [0.3, -0.5, 0.1]);
  const guide = parameter("guide", [1, -1, 0.5]);
  const weight = parameter("weight", [
    [1, -0.4],
    [0.7, 0.9],
    [-1.1, 0.3],
  ]);
  return {
    guide: () => void sample("h", bernoulli({ logits: guide })),
    model: ({ x }: Given) => {
      const h = sample("h", bernoulli({ logits: prior }));
      const to = tf.sum(tf.mul(tf.expandDims(h, -1), weight), -2);
      observe("x", normal({ mean: to, std: [0.7, 0.7] }), x);
    },
  };
});

/** Two samples at ε = ±1 in every combination of two units: exact moments up to the second order. */
const cubature: NodeNoise = {
  uniform: () => {
    const [low, high] = [0.15865525393145707, 0.8413447460685429]; // Φ(∓1)
    const rows = [
      [low, low],
      [low, high],
      [high, low],
      [high, high],
    ].map((point) => inputs.map(() => point));
    return tf.tensor3d(rows);
  },
};

function withModel<T>(definition: ModelDefinition, use: (instance: ModelInstance, data: Given) => T): T {
  const instance = new ModelInstance(definition, 0);
  try {
    return tf.tidy(() => use(instance, { x: tf.tensor3d([inputs]) }) as never) as T;
  } finally {
    instance.dispose();
  }
}

/** Loss of all examples after every inference step, and where they ended. */
function climb(
  definition: ModelDefinition,
  estimator: string,
  noise: NodeNoise,
  S: number,
  steps: number,
  rate: number,
): { losses: number[]; last: number[][] } {
  return withModel(definition, (instance, data) => {
    const spec = parseEstimator(estimator);
    const node = spec.estimator.create(spec.options);
    const request = {
      functions: instance.functions as GuideModel,
      node: "h",
      data: data as never,
      shape: [S, 2] as const,
      estimator: node,
      noise,
      steps,
      rate,
    };
    const losses: number[] = [];
    const onStep = (_: number, q: Distribution): void => {
      losses.push(tf.sum(lossUnder(request, q, node.draw(q, noise, null))).dataSync()[0]!);
    };
    const q = refinePosterior({ ...request, onStep });
    const parts =
      q.id === "normal" ? [(q as LocationScale).location, (q as LocationScale).scale] : [(q as Bernoulli).logits];
    return { losses, last: parts.map((part) => [...part.dataSync()]) };
  });
}

test("a normal posterior climbs its exact bound at every step, to the best factorial posterior", () => {
  const { losses, last } = climb(linear, "pathwise", cubature, 4, 400, 0.05);
  losses
    .slice(1)
    .forEach((loss, k) => assert.ok(loss <= losses[k]! + 1e-5, `step ${k + 1}: ${loss} after ${losses[k]!}`));
  // The posterior's precision is I + A Aᵀ/0.8²; the best factorial one has its mean and the inverse of its diagonal.
  const v = 0.64;
  const P = [0, 1].map((i) => [0, 1].map((j) => Number(i === j) + (A[i]![0]! * A[j]![0]! + A[i]![1]! * A[j]![1]!) / v));
  const determinant = P[0]![0]! * P[1]![1]! - P[0]![1]! * P[1]![0]!;
  inputs.forEach((x, b) => {
    const r = [0, 1].map((i) => (A[i]![0]! * x[0]! + A[i]![1]! * x[1]!) / v);
    const mean = [
      (P[1]![1]! * r[0]! - P[0]![1]! * r[1]!) / determinant,
      (P[0]![0]! * r[1]! - P[1]![0]! * r[0]!) / determinant,
    ];
    for (const i of [0, 1]) {
      assert.ok(Math.abs(last[0]![b * 2 + i]! - mean[i]!) < 1e-4, `mean ${last[0]![b * 2 + i]!}, best ${mean[i]!}`);
      assert.ok(Math.abs(last[1]![b * 2 + i]! - 1 / Math.sqrt(P[i]![i]!)) < 1e-4, "standard deviation");
    }
  });
});

test("a binary posterior climbs the mean-passing bound at every step, to where its gradient is zero", () => {
  const silent: NodeNoise = { uniform: (shape) => tf.fill([1, 2, ...shape], 0.5) };
  const { losses, last } = climb(bits, "mean-passing", silent, 1, 600, 0.3);
  losses.slice(1).forEach((loss, k) => assert.ok(loss <= losses[k]! + 1e-5, `step ${k + 1}`));
  // μ = σ(prior − ∂E/∂μ), E = ‖x − μ W‖²/(2 · 0.7²).
  const W = [
    [1, -0.4],
    [0.7, 0.9],
    [-1.1, 0.3],
  ];
  inputs.forEach((x, b) => {
    const logits = last[0]!.slice(b * 3, b * 3 + 3);
    const mean = logits.map((a) => 1 / (1 + Math.exp(-a)));
    const rest = [0, 1].map((k) => x[k]! - mean.reduce((sum, m, i) => sum + m * W[i]![k]!, 0));
    [0.3, -0.5, 0.1].forEach((prior, i) => {
      const fixed = prior + (rest[0]! * W[i]![0]! + rest[1]! * W[i]![1]!) / 0.49;
      assert.ok(Math.abs(logits[i]! - fixed) < 1e-3, `logit ${logits[i]!}, fixed point ${fixed}`);
    });
  });
});

test("straight-through lowers the loss of binary posteriors from samples", () => {
  const noise = new Noise({ seed: 3, step: 0, numSamples: 50, numRows: 2, replicates: 1, firstReplicate: 0 });
  const view: NodeNoise = { uniform: (shape, stream) => noise.uniform("h", shape, stream) };
  const { losses } = climb(bits, "straight-through", view, 50, 60, 0.1);
  assert.ok(losses.at(-1)! < losses[0]! - 0.5, `${losses[0]!} to ${losses.at(-1)!}`);
});

test("without an inference step worth its name the guide's gradient is zero and the model's that of the bound", () => {
  withModel(linear, (instance, data) => {
    const spec = parseEstimator("pathwise");
    const noise = new Noise({ seed: 1, step: 0, numSamples: 8, numRows: 2, replicates: 1, firstReplicate: 0 });
    const at = (rate: number): Map<string, number[]> => {
      const { gradients } = refinedGradient(instance, {
        node: "h",
        estimator: spec.estimator.create(spec.options),
        data: data as never,
        noise,
        inference: { steps: 3, rate },
      });
      return new Map([...gradients].map(([name, gradient]) => [name, [...gradient.dataSync()]]));
    };
    const still = at(1e-12);
    for (const name of ["mean", "log-std"])
      still.get(name)!.forEach((g) => assert.ok(Math.abs(g) < 1e-5, `${name}: ${g}`));
    assert.ok(still.get("weight")!.some((g) => Math.abs(g) > 0.1));
    // Refined posteriors pull the guide after them: KL(q̃ ‖ q) has the gradient (mean − meañ)/σ², averaged over examples.
    assert.ok(
      at(0.05)
        .get("mean")!
        .every((g) => Math.abs(g) > 1e-3),
    );
  });
});

test("a step at refined posteriors taken apart adds up to its gradient, and its last inference step has its loss", () => {
  for (const [definition, estimator] of [
    [linear, "pathwise"],
    [bits, "mean-passing"],
    [bits, "straight-through"],
  ] as const) {
    withModel(definition, (instance, data) => {
      const spec = parseEstimator(estimator);
      const evaluation = {
        node: "h",
        estimator: spec.estimator.create(spec.options),
        data: data as never,
        noise: new Noise({ seed: 1, step: 0, numSamples: 8, numRows: 2, replicates: 1, firstReplicate: 0 }),
        inference: { steps: 3, rate: 0.05 },
      };
      const { gradients, loss } = refinedGradient(instance, evaluation);
      const taken = decomposeRefined(instance, evaluation);
      const [node] = taken.nodes;
      assert.ok(Math.abs(taken.loss - loss) < 1e-5);
      assert.equal(node!.inference!.length, 4);
      assert.ok(Math.abs(node!.inference!.at(-1)!.loss - loss) < 1e-5);
      for (const [name, gradient] of gradients) {
        gradient.dataSync().forEach((value, i) => {
          const sum = taken.direct.get(name)!.values[i]! + node!.correction.get(name)!.values[i]!;
          assert.ok(Math.abs(sum - value) < 1e-5, `${estimator}: ${name}[${i}] adds up to ${sum}, not ${value}`);
          assert.ok(Math.abs(taken.gradient.get(name)!.values[i]! - value) < 1e-5);
        });
      }
      // Only the divergence reaches the guide, and only the loss the model.
      for (const name of gradients.keys()) {
        const [direct, correction] = [taken.direct, node!.correction].map((part) => part.get(name)!.values);
        const isGuide = ["mean", "log-std", "guide"].includes(name);
        assert.ok(
          (isGuide ? direct : correction)!.every((g) => g === 0),
          name,
        );
      }
    });
  }
});

test("refining that diverges names node, steps and rate", () => {
  withModel(linear, (instance, data) => {
    const spec = parseEstimator("pathwise");
    const noise = new Noise({ seed: 1, step: 0, numSamples: 1, numRows: 2, replicates: 1, firstReplicate: 0 });
    const evaluation = {
      node: "h",
      estimator: spec.estimator.create(spec.options),
      data: data as never,
      noise,
      inference: { steps: 20, rate: 50 },
    };
    assert.throws(
      () => refinedGradient(instance, evaluation),
      /node "h" diverged within 20 inference steps at rate 50/,
    );
  });
});
