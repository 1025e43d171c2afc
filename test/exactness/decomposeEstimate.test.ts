import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { tf } from "../../core/backends/tf";
import { decomposeEstimate } from "../../core/diagnostics/decomposeEstimate";
import { estimators } from "../../core/estimators/registry";
import { estimateGradient } from "../../core/gradients/gradient";
import { objective } from "../../core/objectives/registry";
import { Noise } from "../../core/random/noise";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { Lab } from "./support/lab";

before(startTestBackend);

describe("one estimate taken apart", () => {
  const served = new Set<string>();
  for (const testCase of cases) {
    it(`the contributions add up to the gradient of the step, for every estimator on ${testCase.name}`, () => {
      const lab = new Lab(testCase);
      for (const { id } of estimators) {
        try {
          lab.specs(id);
        } catch {
          continue;
        }
        lab.withEstimators(id, (own) => {
          const layout = {
            numSamples: lab.samples(id),
            numRows: testCase.batchSize,
            replicates: 1,
            firstReplicate: 0,
          };
          const evaluation = {
            structure: lab.structure,
            objective: objective(testCase.objective),
            estimators: own,
            data: lab.data,
            noise: new Noise({ seed: 5, step: 2, ...layout }),
          };
          const { gradient, direct, nodes, loss } = decomposeEstimate(lab.instance, evaluation);
          const { numTensors } = tf.memory(); // networks are made at first use
          const again = decomposeEstimate(lab.instance, evaluation);
          assert.equal(tf.memory().numTensors, numTensors, `${id} keeps tensors`);
          const step = estimateGradient(lab.instance, { ...evaluation, training: false });
          assert.ok(Math.abs(step.loss - loss) <= 1e-5 * Math.max(1, Math.abs(loss)), `${id}: loss ${loss}`);
          for (const [name, tensor] of step.gradients) {
            const expected = tensor.dataSync();
            assert.deepEqual(gradient.get(name)!.values, again.gradient.get(name)!.values, `${id}: replay of ${name}`);
            assert.deepEqual(gradient.get(name)!.values, Float32Array.from(expected), `${id}: gradient of ${name}`);
            const scale = Math.max(1, ...nodes.flatMap(({ score }) => [...score.get(name)!.values].map(Math.abs)));
            expected.forEach((value, i) => {
              const sum = nodes.reduce(
                (total, { score, correction, path }) =>
                  total + score.get(name)!.values[i]! + correction.get(name)!.values[i]! + path.get(name)!.values[i]!,
                direct.get(name)!.values[i]!,
              );
              assert.ok(Math.abs(sum - value) <= 1e-5 * scale, `${id}: ${name}[${i}] adds up to ${sum}, not ${value}`);
            });
          }
          tf.dispose([...step.gradients.values()]);
          served.add(id);
        });
      }
    });
  }
  it("leaves no estimator out but those of continuous nodes", () => {
    assert.ok(served.size >= 20, [...served].join(", "));
  });
});
