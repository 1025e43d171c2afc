import assert from "node:assert/strict";
import { test } from "node:test";
import { mixture, normal, observe, sample } from "gradlens";
import { tf } from "../../core/backends/tf";
import type { ModelFunctions } from "../../core/model/defineModel";
import { type Parameters, rowGradients, type Tensors } from "./continuousRows";
import { differentiate, logNormal } from "./support/float64";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

// The algorithms of Roeder, Wu and Duvenaud (2017), written down again in double precision and differentiated numerically: every draw's
// gradient is compared, not only the mean.

leavesNoTensors(startTestBackend);

const x = 1.3;

/** z₁ | x, z₂ | z₁ in the guide; z₂, z₁ | z₂, x | z₁ in the model, which has a parameter of its own. */
const layers: Parameters = { mean1: [0.4], std1: [0.7], slope: [0.5], std2: [0.8], theta: [0.3] };

const build = (own: Tensors): ModelFunctions => ({
  guide: () => {
    const z1 = sample("z1", normal({ mean: own.mean1!, std: own.std1! }));
    sample("z2", normal({ mean: tf.mul(z1, own.slope!), std: tf.add(own.std2!, tf.mul(0.1, tf.square(z1))) }));
  },
  model: () => {
    const z2 = sample("z2", normal({ mean: [0], std: [1] }));
    const z1 = sample("z1", normal({ mean: tf.sin(tf.mul(own.theta!, z2)), std: [1] }));
    observe("x", normal({ mean: z1, std: [0.8] }), tf.tensor1d([x]));
  },
});

interface Place {
  readonly z1: number;
  readonly z2: number;
}

function placeAt(p: Parameters, [e1, e2]: readonly number[]): Place {
  const z1 = p.mean1![0]! + p.std1![0]! * e1!;
  return { z1, z2: p.slope![0]! * z1 + (p.std2![0]! + 0.1 * z1 ** 2) * e2! };
}

/** log p(x, z) of the parameters `p`, less log q(z) of the parameters `q`. */
function logWeight(p: Parameters, q: Parameters, { z1, z2 }: Place): number {
  const joint = logNormal(z2, 0, 1) + logNormal(z1, Math.sin(p.theta![0]! * z2), 1) + logNormal(x, z1, 0.8);
  const guide =
    logNormal(z1, q.mean1![0]!, q.std1![0]!) + logNormal(z2, q.slope![0]! * z1, q.std2![0]! + 0.1 * z1 ** 2);
  return joint - guide;
}

const numRows = 24;
const numSamples = 3;
/** Noise `[S, rows]` of both nodes, spread over ±2.4. */
const noise = Array.from({ length: numSamples * numRows }, (_, i) => [
  2.4 * Math.sin(1 + 7.3 * i),
  2.4 * Math.sin(2 + 3.1 * i),
]);

/** The engine's rows at that noise, and what `loss` says of row b's noise `[S][2]`, differentiated at `layers`. */
function compareRows(
  estimator: string,
  objective: string,
  samples: number,
  gradientOf: (epsilon: readonly (readonly number[])[]) => Record<string, readonly number[]>,
): void {
  const drawn = noise.slice(0, samples * numRows).map((epsilon) => placeAt(layers, epsilon));
  const values = { z1: Float32Array.from(drawn, ({ z1 }) => z1), z2: Float32Array.from(drawn, ({ z2 }) => z2) };
  const rows = rowGradients(estimator, layers, build, { numRows, numSamples: samples, values, objective });
  for (let row = 0; row < numRows; row++) {
    const epsilon = Array.from({ length: samples }, (_, s) => noise[s * numRows + row]!);
    for (const [name, [expected]] of Object.entries(gradientOf(epsilon))) {
      const found = rows[name]![row]!;
      assert.ok(
        Math.abs(found - expected!) < 2e-5 * (1 + Math.abs(expected!)),
        `${estimator}, ${objective}, row ${row}, ${name}: ${found}, by hand ${expected}`,
      );
    }
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

for (const samples of [1, numSamples]) {
  test(`Algorithm 1, the total derivative, draw by draw through two layers, ${samples} samples (eq. 9, 12)`, () =>
    compareRows("pathwise", "elbo", samples, (epsilon) =>
      differentiate(layers, (p) => -mean(epsilon.map((e) => logWeight(p, p, placeAt(p, e))))),
    ));

  test(`Algorithm 2, the path derivative, draw by draw through two layers, ${samples} samples (eq. 10, 12)`, () =>
    compareRows("sticking-the-landing", "elbo", samples, (epsilon) =>
      differentiate(layers, (p) => -mean(epsilon.map((e) => logWeight(p, layers, placeAt(p, e))))),
    ));
}

/** log 1/K Σ exp(logs), and its weights. */
function logMeanExp(logs: readonly number[]): { value: number; weights: readonly number[] } {
  const top = Math.max(...logs);
  const total = logs.reduce((sum, l) => sum + Math.exp(l - top), 0);
  return { value: top + Math.log(total / logs.length), weights: logs.map((l) => Math.exp(l - top) / total) };
}

test("the importance-weighted bound's total derivative, draw by draw", () =>
  compareRows("pathwise", "iwae", numSamples, (epsilon) =>
    differentiate(layers, (p) => -logMeanExp(epsilon.map((e) => logWeight(p, p, placeAt(p, e)))).value),
  ));

/** Weights at the parameters as they are, and the path derivatives of every log w_i. */
function importance(epsilon: readonly (readonly number[])[]): {
  weights: readonly number[];
  sum: (factor: (w: number) => number) => Record<string, readonly number[]>;
} {
  const { weights } = logMeanExp(epsilon.map((e) => logWeight(layers, layers, placeAt(layers, e))));
  return {
    weights,
    sum: (factor) =>
      differentiate(layers, (p) =>
        epsilon.reduce((sum, e, i) => sum - factor(weights[i]!) * logWeight(p, layers, placeAt(p, e)), 0),
      ),
  };
}

test("Algorithm 4 is eq. 15 with the stopped parameters, Σ w̃ ∇ log w, draw by draw; read to the letter, ∇ Σ w̃ log w, it is something else", () => {
  compareRows("sticking-the-landing", "iwae", numSamples, (epsilon) => importance(epsilon).sum((w) => w));
  const epsilon = noise.slice(0, numSamples);
  const letter = differentiate(layers, (p) => {
    const logs = epsilon.map((e) => logWeight(p, layers, placeAt(p, e)));
    const { weights } = logMeanExp(logs);
    return -logs.reduce((sum, l, i) => sum + weights[i]! * l, 0);
  });
  const equation = importance(epsilon).sum((w) => w);
  assert.ok(Math.abs(letter.mean1![0]! - equation.mean1![0]!) > 0.01, `${letter.mean1}, ${equation.mean1}`);
});

test("the doubly reparameterised gradient is Σ w̃² of the guide's path derivatives and Σ w̃ of the model's, draw by draw", () =>
  compareRows("dreg", "iwae", numSamples, (epsilon) => {
    const { sum } = importance(epsilon);
    return { ...sum((w) => w * w), theta: sum((w) => w).theta! };
  }));

// Algorithm 3: h ~ N(0, 1), x | h ~ N(sin 2h, 0.8²), q a mixture of two normals.

const mixed: Parameters = { logits: [0.3, -0.4], means: [-0.8, 1.1], stds: [0.5, 0.9] };

function weightsOf({ logits }: Parameters): number[] {
  const total = logits!.reduce((sum, l) => sum + Math.exp(l), 0);
  return logits!.map((l) => Math.exp(l) / total);
}

function logMixture(p: Parameters, z: number): number {
  const weights = weightsOf(p);
  return Math.log(weights.reduce((sum, w, c) => sum + w * Math.exp(logNormal(z, p.means![c]!, p.stds![c]!)), 0));
}

const joint = (z: number): number => logNormal(z, 0, 1) + logNormal(x, Math.sin(2 * z), 0.8);
const count = 401;
const grid = Array.from({ length: count }, (_, i) => -8 + (16 * i) / (count - 1));
const density = grid.map((e) => (Math.exp(-0.5 * e * e) * 16) / (count - 1) / Math.sqrt(2 * Math.PI));

/** Σ_c π_c E_{q_c}[log q_stopped(z_c) − log p(x, z_c)], the minimised mixture bound of Algorithm 3. */
function mixtureLoss(p: Parameters, stopped: Parameters): number {
  return weightsOf(p).reduce(
    (sum, w, c) =>
      sum +
      w *
        grid.reduce((inner, e, i) => {
          const z = p.means![c]! + p.stds![c]! * e;
          return inner + density[i]! * (logMixture(stopped, z) - joint(z));
        }, 0),
    0,
  );
}

test("Algorithm 3 and the engine's path derivative of a mixture have the exact gradient of the mixture bound as their mean", () => {
  const exact = differentiate(mixed, (p) => mixtureLoss(p, p));
  const algorithm = differentiate(mixed, (p) => mixtureLoss(p, mixed));
  for (const [name, values] of Object.entries(exact))
    values.forEach((value, k) =>
      assert.ok(Math.abs(value - algorithm[name]![k]!) < 1e-8, `algorithm 3, ${name}[${k}]`),
    );
  const rows = rowGradients(
    "sticking-the-landing",
    mixed,
    (own) => ({
      guide: () =>
        void sample(
          "h",
          mixture({
            logits: tf.expandDims(own.logits!, -2),
            components: normal({ mean: tf.expandDims(own.means!, -2), std: tf.expandDims(own.stds!, -2) }),
          }),
        ),
      model: () => {
        const h = sample("h", normal({ mean: [0], std: [1] }));
        observe("x", normal({ mean: tf.sin(tf.mul(2, h)), std: [0.8] }), tf.tensor1d([x]));
      },
    }),
    { numRows: count, values: { h: Float32Array.from(grid) }, objective: "elbo" },
  );
  for (const [name, values] of Object.entries(exact)) {
    values.forEach((value, k) => {
      const found = grid.reduce((sum, z, i) => {
        const weight = (Math.exp(logMixture(mixed, z)) * 16) / (count - 1);
        return sum + weight * rows[name]![i * values.length + k]!;
      }, 0);
      assert.ok(Math.abs(found - value) < 2e-5 * (1 + Math.abs(value)), `${name}[${k}]: ${found}, exact ${value}`);
    });
  }
});
