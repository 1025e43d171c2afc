import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";
import { MovingMoments } from "../../core/baselines/movingMoments";
import type { EstimatorState, NodeEstimator } from "../../core/estimators/estimator";
import { estimateGradient } from "../../core/gradients/gradient";
import { objective } from "../../core/objectives/registry";
import { Noise } from "../../core/random/noise";
import { startTestBackend } from "../support/testBackend";
import { type Case, cases } from "./support/cases";
import { Lab, relativeDistance, totalVariance } from "./support/lab";
import { oneCategoryBound } from "./support/oneCategoryBound";

const log3 = Math.log(3);

before(startTestBackend);

/** Probabilities are multiples of ¼, so that 64 rows hold every state as often as it is probable. */
const layered: Case = {
  name: "two layers of quarters",
  definition: defineModel("quarters", () => {
    const first = parameter("first", [log3, -log3]);
    const second = parameter("second", [1]);
    return {
      program() {
        const h1 = sample("h1", bernoulli({ logits: first }));
        const h2 = sample("h2", bernoulli({ logits: h1.mul([2, 0]).sum(-1, true).sub(1).mul(log3).mul(second) }));
        const y = h1.mul([1.3, -0.8]).sum(-1).add(h2.sum(-1).mul(0.9));
        cost(
          "f",
          tf
            .exp(y)
            .add(tf.square(tf.square(y.sub(0.4))))
            .add(2),
        );
      },
    };
  }),
  objective: "expected-cost",
  samples: 1,
  batchSize: 1,
};

function costOf(h1: readonly number[], h2: number): number {
  const y = 1.3 * h1[0]! - 0.8 * h1[1]! + 0.9 * h2;
  return Math.exp(y) + (y - 0.4) ** 4 + 2;
}

/** Rows of (h1, h2), each state as often of 64 as it is probable. */
const layeredRows = [0, 1].flatMap((a) =>
  [0, 1].flatMap((b) =>
    [0, 1].flatMap((c) => {
      const times = (a === 1 ? 3 : 1) * (b === 1 ? 1 : 3) * (c === a ? 3 : 1);
      return Array.from({ length: times }, () => ({ h1: [a, b], h2: c }));
    }),
  ),
);

const bound = oneCategoryBound([Math.log(2), 0, 0], [1.4, -0.9, 0.3]);

const states = [0, 0, 1, 2];
const oneHot = (k: number): number[][] => [[0, 1, 2].map((state) => (state === k ? 1 : 0))];
const boundRows = states.flatMap((left) => states.map((right) => [oneHot(left), oneHot(right)]));

/** States of the estimators after one training step on rows that hold every state as often as it is probable. */
function learn(
  lab: Lab,
  text: string,
  forced: ReadonlyMap<string, tf.Tensor>,
  numRows: number,
): Record<string, EstimatorState> {
  return lab.withEstimators(text, (estimators) => {
    const { gradients } = estimateGradient(lab.instance, {
      structure: lab.structure,
      objective: objective(lab.testCase.objective),
      estimators,
      data: lab.data,
      noise: new Noise({
        seed: 0,
        step: 0,
        numSamples: lab.testCase.samples,
        numRows,
        replicates: 1,
        firstReplicate: 0,
      }),
      training: true,
      forced,
    });
    tf.dispose([...gradients.values()]);
    return Object.fromEntries([...estimators].map(([name, estimator]) => [name, estimator.state()]));
  });
}

function learnLayered(lab: Lab, text: string): Record<string, EstimatorState> {
  const forced = new Map([
    ["h1", tf.tensor3d([layeredRows.map(({ h1 }) => h1)])],
    ["h2", tf.tensor3d([layeredRows.map(({ h2 }) => [h2])])],
  ]);
  const found = learn(lab, text, forced, layeredRows.length);
  tf.dispose([...forced.values()]);
  return found;
}

/** c_j = product_j / square_j of a state. */
function constantsOf(state: EstimatorState): number[] {
  const both = new Float64Array(state["constant"]!.values.slice().buffer);
  const units = both.length / 2;
  return Array.from({ length: units }, (_, j) => both[j]! / both[units + j]!);
}

const withConstants =
  (constants: Readonly<Record<string, readonly number[]>>) =>
  (estimators: ReadonlyMap<string, NodeEstimator>): void => {
    for (const [name, estimator] of estimators) {
      const values = constants[name]!;
      const words = new Float32Array(new Float64Array([...values, ...values.map(() => 1)]).buffer);
      estimator.restore({ constant: { shape: [words.length], values: words } });
    }
  };

const variants = ["lr-c(constant=optimal)", "muprop-c(constant=optimal)"];

describe("the optimal constant", () => {
  it("of lr-c is E[f s²] / E[s²] of every unit, layers apart", () => {
    const lab = new Lab(layered);
    const learned = learnLayered(lab, "lr-c(constant=optimal)");
    const byHand = (score: (row: (typeof layeredRows)[number]) => number): number => {
      const products = layeredRows.map((row) => costOf(row.h1, row.h2) * score(row) ** 2);
      return sum(products) / sum(layeredRows.map((row) => score(row) ** 2));
    };
    const expected = [
      byHand(({ h1 }) => h1[0]! - 0.75),
      byHand(({ h1 }) => h1[1]! - 0.25),
      byHand(({ h1, h2 }) => h2 - (h1[0] === 1 ? 0.75 : 0.25)),
    ];
    const found = [...constantsOf(learned["h1"]!), ...constantsOf(learned["h2"]!)];
    found.forEach((value, j) =>
      assert.ok(
        Math.abs(value - expected[j]!) < 1e-5 * expected[j]!,
        `${found.join(" ")}, by hand ${expected.join(" ")}`,
      ),
    );
    lab.dispose();
  });

  for (const text of variants) {
    it(`${text} has the least variance of all constants, and no more than the average has`, () => {
      const lab = new Lab(layered);
      const learned = learnLayered(lab, text);
      const constants = { h1: constantsOf(learned["h1"]!), h2: constantsOf(learned["h2"]!) };
      const at = (h1: readonly number[]): number =>
        totalVariance(new Map([["first", lab.enumerate(text, withConstants({ ...constants, h1 })).get("first")!]]));
      const least = at(constants.h1);
      constants.h1.forEach((_, unit) => requireLeast(at, constants.h1, unit, least));
      const averages = learnLayered(lab, text.replace("(constant=optimal)", ""));
      const average = new MovingMoments(0.8);
      average.restore(averages["h1"]!["average"]!.values);
      const withAverage = at([average.mean, average.mean]);
      assert.ok(least < withAverage, `${least}, with the average ${withAverage}`);
      lab.dispose();
    });

    it(`${text} has the least variance under a bound of two samples, whose loss has a score of its own`, () => {
      const lab = new Lab(bound);
      const forced = tf.tensor(boundRows.map((pair) => pair)).transpose([1, 0, 2, 3]); // [2, 16, 1, 3]
      const learned = learn(lab, text, new Map([["h", forced]]), boundRows.length);
      forced.dispose();
      const constants = constantsOf(learned["h"]!);
      const at = (h: readonly number[]): number =>
        totalVariance(new Map([["theta", lab.enumerate(text, withConstants({ h })).get("theta")!]]));
      requireLeast(at, constants, 0, at(constants));
      lab.dispose();
    });
  }

  it("before the first step is zero: the estimate is lr's", () => {
    const lab = new Lab(layered);
    assert.deepEqual(lab.once("lr-c(constant=optimal)", 3), lab.once("lr", 3));
    lab.dispose();
  });
});

for (const testCase of cases) {
  it(`whatever the constants, the mean is the gradient: ${testCase.name}`, () => {
    const lab = new Lab(testCase);
    const exact = lab.exact();
    for (const text of variants) {
      const constants = Object.fromEntries(
        [...lab.structure.distributions].map(([name, { unitShape }]) => [
          name,
          Array.from({ length: unitShape[0]! }, (_, j) => 1.7 - 0.6 * j),
        ]),
      );
      const distance = relativeDistance(lab.enumerate(text, withConstants(constants)), exact);
      assert.ok(distance < 1e-5, `${text}: relative distance ${distance}`);
    }
    lab.dispose();
  });
}

/** A parabola is least where it is as high on both sides. */
function requireLeast(
  at: (constants: readonly number[]) => number,
  constants: readonly number[],
  unit: number,
  least: number,
): void {
  const moved = (by: number): number => at(constants.map((c, j) => (j === unit ? c + by : c)));
  const [below, above] = [moved(-0.5), moved(0.5)];
  const rise = (below + above) / 2 - least;
  assert.ok(rise > 0.01 * 0.25 && Math.abs(above - below) < 1e-3 * rise, `${below} ${least} ${above}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
