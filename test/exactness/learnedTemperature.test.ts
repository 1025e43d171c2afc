import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { tf } from "../../core/backends/tf";
import { createNodeEstimators } from "../../core/estimators/estimatorSpec";
import type { NodeEstimator } from "../../core/estimators/estimator";
import { estimateGradient } from "../../core/gradients/gradient";
import { objective } from "../../core/objectives/registry";
import { Noise } from "../../core/random/noise";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { GridNoise } from "./support/gridNoise";
import { Lab } from "./support/lab";

before(startTestBackend);

/** Batch-mean loss, and its gradient with respect to the log temperature of every node, in one evaluation. */
function once(lab: Lab, text: string, noise: Noise): { readonly loss: number; readonly slopes: Map<string, number> } {
  const estimators = createNodeEstimators(lab.specs(text));
  const slopes = new Map<string, number>();
  const watched = new Map(
    [...estimators].map(([name, estimator]): readonly [string, NodeEstimator] => {
      const { learned } = estimator;
      if (!learned) return [name, estimator];
      const receive = (gradient: number): void => void slopes.set(name, gradient);
      return [name, { ...estimator, learned: { ...learned, receive } }];
    }),
  );
  const { loss, gradients } = estimateGradient(
    lab.instance,
    {
      structure: lab.structure,
      objective: objective(lab.testCase.objective),
      estimators: watched,
      data: lab.data,
      noise,
      training: true,
    },
    false,
  );
  tf.dispose([...gradients.values()]);
  for (const estimator of estimators.values()) estimator.dispose();
  return { loss, slopes };
}

const T = 0.6;

describe("one unit, by hand at the midpoints of 4001 intervals of its uniform", () => {
  // θ = 0.7, f(b) = exp(1.3 b − 0.4).
  const us = Array.from({ length: 4001 }, (_, i) => (i + 0.5) / 4001);
  const mean = (f: (u: number) => number): number => us.reduce((sum, u) => sum + f(u) / us.length, 0);
  const drive = (u: number): number => (0.7 + Math.log(u / (1 - u))) / T;
  const soft = (u: number): number => 1 / (1 + Math.exp(-drive(u)));
  const slope = (b: number): number => 1.3 * Math.exp(1.3 * b - 0.4);
  const alongLogT = (u: number): number => -drive(u) * soft(u) * (1 - soft(u));

  for (const [id, byHand] of [
    ["gumbel-softmax", mean((u) => slope(soft(u)) * alongLogT(u))],
    ["st-gumbel-softmax", mean((u) => slope(drive(u) > 0 ? 1 : 0) * alongLogT(u))],
  ] as const) {
    it(`${id}'s gradient towards log T is f' times the derivative of the relaxed value`, () => {
      const lab = new Lab(cases[0]!);
      const noise = new GridNoise(new Map([[0, us.map((u) => [u])]]));
      const found = once(lab, `${id}(temperature=${T},learn=yes)`, noise).slopes.get("b")!;
      assert.ok(Math.abs(found - byHand) < 1e-5 * Math.abs(byHand), `${found}, by hand ${byHand}`);
      lab.dispose();
    });
  }
});

// Central differences of the same noise's loss: their own error is of second order in the step, and float32's of the loss.
for (const testCase of cases) {
  it(`gumbel-softmax learns down the relaxed model's loss: ${testCase.name}`, () => {
    const lab = new Lab(testCase);
    const noise = new Noise({
      seed: 5,
      step: 0,
      numSamples: testCase.samples,
      numRows: 64 * testCase.batchSize,
      replicates: 64,
      firstReplicate: 0,
    });
    const wide = new Map(Object.entries(lab.data).map(([name, x]) => [name, tf.tile(x, [1, 64, 1])]));
    const tiled = Object.assign(Object.create(lab) as Lab, { data: Object.fromEntries(wide) });
    const text = (temperature: number): string => `gumbel-softmax(temperature=${temperature},learn=yes)`;
    const total = [...once(tiled, text(T), noise).slopes.values()].reduce((sum, slope) => sum + slope, 0);
    const step = 0.01;
    const [above, below] = [step, -step].map((by) => once(tiled, text(T * Math.exp(by)), noise).loss) as [
      number,
      number,
    ];
    const difference = (above - below) / (2 * step);
    assert.ok(
      Math.abs(total - difference) < 1e-3 * Math.abs(difference) + 2e-4,
      `${total}, by differences ${difference}`,
    );
    tf.dispose([...wide.values()]);
    lab.dispose();
  });
}

it("nothing else moves a learned temperature: neither measurements nor an estimate that is dropped", () => {
  const lab = new Lab(cases[2]!);
  const estimators = createNodeEstimators(lab.specs("gumbel-softmax(learn=yes)"));
  const at = (): unknown => [...estimators.values()].map((estimator) => estimator.settings?.());
  const start = at();
  lab.once("gumbel-softmax(learn=yes)", 1);
  const evaluation = {
    structure: lab.structure,
    objective: objective("expected-cost"),
    estimators,
    data: {},
    noise: new Noise({ seed: 1, step: 0, numSamples: 1, numRows: 8, replicates: 8, firstReplicate: 0 }),
  };
  const drop = (training: boolean, learn: boolean): void =>
    tf.dispose([...estimateGradient(lab.instance, { ...evaluation, training }, learn).gradients.values()]);
  drop(false, false);
  drop(true, false);
  assert.deepEqual(at(), start);
  drop(true, true);
  assert.notDeepEqual(at(), start);
  for (const estimator of estimators.values()) estimator.dispose();
  lab.dispose();
});
