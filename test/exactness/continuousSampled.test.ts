import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import { tf } from "../../core/backends/tf";
import { costs, exactGradient, families } from "./continuousFamilies";
import { costRows, momentsOf } from "./continuousRows";

let started: number;
before(async () => {
  await tf.setBackend("cpu");
  started = tf.memory().numTensors;
});
after(() => assert.equal(tf.memory().numTensors, started, "tensors were left behind"));

const numRows = 30_000;
/** False alarms below 1e-7 per parameter and cost, 1e-5 for the file. */
const deviations = 5.3;

for (const id of ["normal", "gamma"]) {
  for (const family of families.filter((candidate) => candidate.id === id)) {
    test(`the mean of measure-valued on ${id} ${JSON.stringify(family.parameters)} is the exact gradient, kinks or not (${numRows} draws)`, () => {
      for (const cost of costs) {
        const rows = costRows("measure-valued", family.make, family.parameters, cost.tensor, { numRows });
        const exact = exactGradient(family, cost.number);
        for (const [name, [value]] of Object.entries(exact)) {
          const { mean, standardError } = momentsOf(rows[name]!);
          assert.ok(Math.abs(mean - value!) < deviations * standardError, `${cost.id}, ${name}: ${mean} ± ${standardError}, exact ${value}`);
          assert.ok(standardError < 0.05 * (0.1 + Math.abs(value!)), `${cost.id}, ${name}: 5 % would be seen, ± ${standardError}`);
        }
      }
    });
  }
}

test("measure-valued treats each unit with the others as drawn: a cost that does not separate", () => {
  const family = families.find(({ id }) => id === "normal")!;
  const parameters = { mean: [0.4, -0.3, 0.2], std: [0.7, 1.1, 0.5] };
  const f = (z: tf.Tensor): tf.Tensor => tf.exp(tf.mul(tf.sum(z, -1, true), 0.5));
  const [measured, pathwise] = ["measure-valued", "pathwise"].map((estimator) => costRows(estimator, family.make, parameters, f, { numRows })) as [Record<string, Float64Array>, Record<string, Float64Array>];
  for (const name of ["mean", "std"]) {
    for (let k = 0; k < 3; k++) {
      const { mean, standardError } = momentsOf(measured[name]!.map((g, i) => g - pathwise[name]![i]!), 3, k);
      assert.ok(Math.abs(mean) < deviations * standardError, `${name}[${k}]: ${mean} ± ${standardError}`);
    }
  }
});
