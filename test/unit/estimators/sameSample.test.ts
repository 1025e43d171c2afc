import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { bernoulli, cost, defineModel, observe, parameter, sample, tf } from "gradlens";
import { chooseEstimators, createNodeEstimators, parseEstimatorChoice } from "../../../core/estimators/estimatorSpec";
import { estimateGradient } from "../../../core/gradients/gradient";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse } from "../../../core/graph/structure";
import type { ModelDefinition } from "../../../core/model/defineModel";
import { objective } from "../../../core/objectives/registry";
import { Noise } from "../../../core/random/noise";

/** One estimate of one sample, against the formula by hand from the same uniforms. */
const theta = [0.7, -1.1];
const scale = [1.2, -0.5];
const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));
const logit = (u: number): number => Math.log(u / (1 - u));
const softplus = (a: number): number => Math.log1p(Math.exp(a));
const p = theta.map(sigmoid);
const f = (b: readonly number[]): number => Math.exp(b[0]! * scale[0]! + b[1]! * scale[1]!) + b[0]! * b[1]! * 0.8;
const slope = (b: readonly number[]): number[] => {
  const e = Math.exp(b[0]! * scale[0]! + b[1]! * scale[1]!);
  return [e * scale[0]! + b[1]! * 0.8, e * scale[1]! + b[0]! * 0.8];
};

const pair = defineModel("pair", () => {
  const logits = parameter("theta", theta);
  return {
    program() {
      const b = sample("b", bernoulli({ logits }));
      const product = tf.mul(tf.gather(b, [0], -1), tf.gather(b, [1], -1)).sum(-1);
      cost("f", tf.exp(b.mul(scale).sum(-1)).add(product.mul(0.8)));
    },
  };
});

/** q(h) = σ(θ), p(h) = ½, p(x | h) = σ(1.5 Σ h − 0.6), x = 1. */
const bound = defineModel("bound", () => {
  const logits = parameter("theta", theta);
  return {
    guide() {
      sample("h", bernoulli({ logits }));
    },
    model() {
      const h = sample("h", bernoulli({ logits: [0, 0] }));
      observe("x", bernoulli({ logits: h.sum(-1, true).mul(1.5).sub(0.6) }), tf.ones([1]));
    },
  };
});

before(async () => {
  await tf.setBackend("cpu");
  await tf.ready();
});

function once(
  definition: ModelDefinition,
  objectiveId: string,
  text: string,
  numSamples: number,
  seed: number,
): { gradient: number[]; uniforms: (stream: number) => number[][] } {
  const instance = new ModelInstance(definition, 0);
  const structure = analyse(instance, {});
  const specs = chooseEstimators(
    structure.distributions,
    structure.asked,
    parseEstimatorChoice(text),
    null,
    objectiveId,
  );
  const estimators = createNodeEstimators(specs);
  const noise = new Noise({ seed, step: 0, numSamples, numRows: 1, replicates: 1, firstReplicate: 0 });
  const { gradients } = estimateGradient(instance, {
    structure,
    objective: objective(objectiveId),
    estimators,
    data: {},
    noise,
    training: false,
  });
  const gradient = [...gradients.get("theta")!.dataSync()];
  tf.dispose([...gradients.values()]);
  for (const estimator of estimators.values()) estimator.dispose();
  instance.dispose();
  const node = structure.nodes[0]!;
  const uniforms = (stream: number): number[][] =>
    tf.tidy(() => {
      const values = noise.uniform(node, [2], stream).dataSync();
      return Array.from({ length: numSamples }, (_, s) => [values[2 * s]!, values[2 * s + 1]!]);
    });
  return { gradient, uniforms };
}

const drawn = (u: readonly number[]): number[] => u.map((value, i) => (value > sigmoid(-theta[i]!) ? 1 : 0));

function close(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, i) =>
    assert.ok(
      Math.abs(value - expected[i]!) < 2e-5 * (1 + Math.abs(expected[i]!)),
      `element ${i}: ${value}, by hand ${expected[i]}`,
    ),
  );
}

describe("one sample's estimate equals the formula by hand", () => {
  for (const seed of [1, 2, 3]) {
    it(`likelihood ratio, seed ${seed}`, () => {
      const { gradient, uniforms } = once(pair, "expected-cost", "lr", 1, seed);
      const b = drawn(uniforms(0)[0]!);
      close(
        gradient,
        b.map((x, i) => (x - p[i]!) * f(b)),
      );
    });

    it(`MuProp, seed ${seed}`, () => {
      const { gradient, uniforms } = once(pair, "expected-cost", "muprop", 1, seed);
      const b = drawn(uniforms(0)[0]!);
      const s = slope(p);
      const residual = f(b) - f(p) - s.reduce((sum, value, i) => sum + value * (b[i]! - p[i]!), 0);
      close(
        gradient,
        b.map((x, i) => (x - p[i]!) * residual + s[i]! * p[i]! * (1 - p[i]!)),
      );
    });

    it(`ARM and DisARM, seed ${seed}`, () => {
      const { gradient, uniforms } = once(pair, "expected-cost", "arm", 1, seed);
      const u = uniforms(0)[0]!;
      const b = drawn(u);
      const opposite = u.map((value, i) => (value < p[i]! ? 1 : 0));
      close(
        gradient,
        u.map((value) => (f(b) - f(opposite)) * (value - 0.5)),
      );
      const disarm = once(pair, "expected-cost", "disarm", 1, seed).gradient;
      close(
        disarm,
        b.map((x, i) => 0.5 * (f(b) - f(opposite)) * (x - opposite[i]!) * sigmoid(Math.abs(theta[i]!))),
      );
    });

    it(`REBAR, seed ${seed}`, () => {
      const [temperature, eta] = [0.8, 0.7];
      const { gradient, uniforms } = once(
        pair,
        "expected-cost",
        `rebar(temperature=${temperature},eta=${eta})`,
        1,
        seed,
      );
      const [u, v] = [uniforms(0)[0]!, uniforms(2)[0]!];
      const b = drawn(u);
      const z = u.map((value, i) => theta[i]! + logit(value));
      const sign = b.map((x) => 2 * x - 1);
      const inner = v.map((value, i) => logit(value) + softplus(sign[i]! * theta[i]!));
      const conditional = inner.map((value, i) => sign[i]! * softplus(value));
      const soft = (values: readonly number[]): number[] => values.map((value) => sigmoid(value / temperature));
      const [free, given] = [soft(z), soft(conditional)];
      const [freeSlope, givenSlope] = [slope(free), slope(given)];
      close(
        gradient,
        b.map((x, i) => {
          const path = (freeSlope[i]! * free[i]! * (1 - free[i]!)) / temperature;
          const conditionalPath =
            ((givenSlope[i]! * given[i]! * (1 - given[i]!)) / temperature) *
            sigmoid(inner[i]!) *
            sigmoid(sign[i]! * theta[i]!);
          return (x - p[i]!) * (f(b) - eta * f(given)) + eta * (path - conditionalPath);
        }),
      );
    });

    it(`leave-one-out with three samples, seed ${seed}`, () => {
      const { gradient, uniforms } = once(pair, "expected-cost", "leave-one-out", 3, seed);
      const samples = uniforms(0).map(drawn);
      const costs = samples.map(f);
      const all = costs.reduce((a, c) => a + c, 0);
      close(
        gradient,
        theta.map((_, i) =>
          samples.reduce((sum, b, s) => sum + ((b[i]! - p[i]!) * (costs[s]! - (all - costs[s]!) / 2)) / 3, 0),
        ),
      );
    });

    for (const mean of ["geometric", "arithmetic"]) {
      it(`VIMCO with four samples and the ${mean} mean, seed ${seed}`, () => {
        const { gradient, uniforms } = once(bound, "iwae", `vimco(mean=${mean})`, 4, seed);
        const samples = uniforms(0).map(drawn);
        const K = samples.length;
        const logW = samples.map((h) => {
          const a = 1.5 * (h[0]! + h[1]!) - 0.6;
          const logQ = h.reduce((sum, x, i) => sum + Math.log(x === 1 ? p[i]! : 1 - p[i]!), 0);
          return -softplus(-a) + 2 * Math.log(0.5) - logQ;
        });
        const bounded = (values: readonly number[]): number =>
          Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0) / K);
        const total = bounded(logW);
        const weights = logW.map((value) => Math.exp(value - total) / K);
        close(
          gradient,
          theta.map((_, i) =>
            samples.reduce((sum, h, k) => {
              const others = logW.filter((__, j) => j !== k);
              const stand =
                mean === "geometric"
                  ? others.reduce((a, c) => a + c, 0) / (K - 1)
                  : Math.log(others.reduce((a, c) => a + Math.exp(c), 0) / (K - 1));
              const signal = -(total - bounded(logW.map((value, j) => (j === k ? stand : value))));
              const score = h[i]! - p[i]!;
              // The loss falls with log w, which falls with log q: its direct derivative is w_k ∇ log q.
              return sum + score * signal + weights[k]! * score;
            }, 0),
          ),
        );
      });
    }
  }
});
