import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { tf } from "../../core/backends/tf";
import { tidy } from "../../core/backends/tidy";
import { tileRows } from "../../core/diagnostics/enumerate";
import { estimators } from "../../core/estimators/registry";
import { collectByAxis, collectByLoop } from "../../core/gradients/collectRows";
import { estimateGradient } from "../../core/gradients/gradient";
import { objective } from "../../core/objectives/registry";
import { Noise } from "../../core/random/noise";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { Lab, type Values } from "./support/lab";

/** Cases that between them have layers, a DAG, both distributions, data, several samples. */
const chosen = cases.filter(({ name }) =>
  ["two layers", "a DAG with costs at several nodes", "a categorical ELBO", "a two-layer IWAE, K = 2"].includes(name),
);

/** Every estimator that serves all nodes of the case. */
function serving(lab: Lab): string[] {
  return estimators.flatMap(({ id }) => {
    try {
      lab.specs(id);
      return [id];
    } catch {
      return [];
    }
  });
}

function assertSame(a: Values, b: Values, tolerance: number, what: string): void {
  let distance = 0;
  let norm = 0;
  for (const [name, values] of a) {
    values.forEach((value, element) => {
      distance += (value - b.get(name)![element]!) ** 2;
      norm += value ** 2;
    });
  }
  assert.ok(
    Math.sqrt(distance) <= tolerance * Math.sqrt(norm),
    `${what}: relative distance ${Math.sqrt(distance / norm)}`,
  );
}

before(startTestBackend);

describe("rows of gradients", () => {
  for (const testCase of chosen) {
    it(`one backward pass for all rows gives what one pass per row gives, for every estimator on ${testCase.name}`, () => {
      const lab = new Lab(testCase);
      for (const id of serving(lab)) {
        const replicates = 6;
        const { batchSize } = testCase;
        const [byAxis, byLoop] = [collectByAxis, collectByLoop].map((collect) =>
          lab.withEstimators(id, (own) =>
            tidy(() => {
              const noise = new Noise({
                seed: 7,
                step: 3,
                numSamples: lab.samples(id),
                numRows: replicates * batchSize,
                replicates,
                firstReplicate: 0,
              });
              const evaluation = {
                structure: lab.structure,
                objective: objective(testCase.objective),
                estimators: own,
                data: tileRows(lab.data, replicates),
                noise,
                training: false,
              };
              const { rows } = collect(lab.instance, evaluation);
              return new Map(rows.map(({ name, materialise }) => [name, Float64Array.from(materialise().dataSync())]));
            }),
          ),
        );
        assertSame(byAxis!, byLoop!, 2e-6, id);
      }
      lab.dispose();
    });
  }
});

describe("tensors and noise", () => {
  for (const testCase of chosen) {
    it(`training steps of every estimator leave no tensors behind on ${testCase.name}`, () => {
      const lab = new Lab(testCase);
      for (const id of serving(lab)) {
        const outside = tf.memory().numTensors;
        lab.withEstimators(id, (own) => {
          const step = (number: number): void => {
            const noise = new Noise({
              seed: 0,
              step: number,
              numSamples: lab.samples(id),
              numRows: testCase.batchSize,
              replicates: 1,
              firstReplicate: 0,
            });
            const { gradients } = estimateGradient(lab.instance, {
              structure: lab.structure,
              objective: objective(testCase.objective),
              estimators: own,
              data: lab.data,
              noise,
              training: true,
            });
            tf.dispose([...gradients.values()]);
          };
          // The first steps make what is learned: baselines' networks and their optimisers.
          [0, 1, 2].forEach(step);
          const { numTensors } = tf.memory();
          [3, 4, 5].forEach(step);
          assert.equal(tf.memory().numTensors, numTensors, id);
        });
        assert.equal(tf.memory().numTensors, outside, `${id}, disposed`);
      }
      lab.dispose();
    });

    it(`the state of every estimator on ${testCase.name} continues bit by bit after a restore`, () => {
      const lab = new Lab(testCase);
      for (const id of serving(lab)) {
        const run = (from: number, to: number, own: Parameters<Parameters<Lab["withEstimators"]>[1]>[0]): number[] => {
          let last: number[] = [];
          for (let number = from; number < to; number++) {
            const noise = new Noise({
              seed: 0,
              step: number,
              numSamples: lab.samples(id),
              numRows: testCase.batchSize,
              replicates: 1,
              firstReplicate: 0,
            });
            const { gradients } = estimateGradient(lab.instance, {
              structure: lab.structure,
              objective: objective(testCase.objective),
              estimators: own,
              data: lab.data,
              noise,
              training: true,
            });
            last = [...gradients.values()].flatMap((tensor) => [...tensor.dataSync()]);
            tf.dispose([...gradients.values()]);
          }
          return last;
        };
        const straight = lab.withEstimators(id, (own) => run(0, 6, own));
        const saved = lab.withEstimators(id, (own) => {
          run(0, 3, own);
          return new Map([...own].map(([node, estimator]) => [node, estimator.state()]));
        });
        const resumed = lab.withEstimators(id, (own) => {
          for (const [node, estimator] of own) estimator.restore(saved.get(node)!);
          return run(3, 6, own);
        });
        assert.deepEqual(resumed, straight, id);
      }
      lab.dispose();
    });
  }

  it("another seed gives another gradient, except where nothing is sampled", () => {
    const lab = new Lab(chosen[0]!);
    for (const id of serving(lab)) {
      const [first, again, other] = [3, 3, 4].map((seed) =>
        [...lab.once(id, seed).values()].flatMap((values) => [...values]),
      );
      assert.deepEqual(first, again, id);
      if (id === "enumeration" || id === "mean-passing") assert.deepEqual(first, other, id);
      else assert.notDeepEqual(first, other, id);
    }
    lab.dispose();
  });
});
