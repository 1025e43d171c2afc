import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../core/backends/tf";
import { dirichlet } from "../../core/distributions/dirichlet";
import { gamma } from "../../core/distributions/gamma";
import { mixture } from "../../core/distributions/mixture";
import { normal } from "../../core/distributions/normal";
import { costs, exactGradient, families } from "./continuousFamilies";
import { costRows, type MakeDistribution, momentsOf, type Parameters } from "./continuousRows";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

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
          assert.ok(
            Math.abs(mean - value!) < deviations * standardError,
            `${cost.id}, ${name}: ${mean} ± ${standardError}, exact ${value}`,
          );
          assert.ok(
            standardError < 0.05 * (0.1 + Math.abs(value!)),
            `${cost.id}, ${name}: 5 % would be seen, ± ${standardError}`,
          );
        }
      }
    });
  }
}

test("measure-valued treats each unit with the others as drawn: a cost that does not separate", () => {
  const family = families.find(({ id }) => id === "normal")!;
  const parameters = { mean: [0.4, -0.3, 0.2], std: [0.7, 1.1, 0.5] };
  const f = (z: tf.Tensor): tf.Tensor => tf.exp(tf.mul(tf.sum(z, -1, true), 0.5));
  const [measured, pathwise] = ["measure-valued", "pathwise"].map((estimator) =>
    costRows(estimator, family.make, parameters, f, { numRows }),
  ) as [Record<string, Float64Array>, Record<string, Float64Array>];
  for (const name of ["mean", "std"]) {
    for (let k = 0; k < 3; k++) {
      const { mean, standardError } = momentsOf(
        measured[name]!.map((g, i) => g - pathwise[name]![i]!),
        3,
        k,
      );
      assert.ok(Math.abs(mean) < deviations * standardError, `${name}[${k}]: ${mean} ± ${standardError}`);
    }
  }
});

const several: readonly {
  readonly name: string;
  readonly make: MakeDistribution;
  readonly parameters: Parameters;
  readonly estimators: readonly string[];
}[] = [
  {
    name: "Dirichlet",
    make: (p) => dirichlet({ concentration: p.concentration! }),
    parameters: { concentration: [0.7, 1.5, 3] },
    estimators: ["implicit-pathwise", "weak-reparameterization"],
  },
  {
    name: "a normal with full covariance",
    make: (p) =>
      normal({ mean: p.mean!, scaleTril: tf.reshape(p.scaleTril!, [...p.scaleTril!.shape.slice(0, -1), 3, 3]) }),
    parameters: { mean: [0.5, -1, 0.2], scaleTril: [0.6, 0, 0, -0.4, 0.8, 0, 0.3, 0.5, 0.6] },
    estimators: ["pathwise", "gsb"],
  },
  {
    name: "a mixture that chooses once for all units",
    make: (p) =>
      mixture({
        logits: p.logits!,
        components: [0, 1, 2].map((m) =>
          normal({
            mean: tf.slice(p.means!, [0, 0, 3 * m], [-1, -1, 3]),
            std: tf.slice(p.stds!, [0, 0, 3 * m], [-1, -1, 3]),
          }),
        ),
      }),
    parameters: {
      logits: [0.2, -0.5, 0.4],
      means: [-1, 0, 1, 0.5, 1, -0.5, 0, -1, 0.3],
      stds: [0.5, 0.7, 0.4, 0.6, 0.5, 0.8, 0.9, 0.4, 0.5],
    },
    estimators: ["implicit-pathwise", "weak-reparameterization"],
  },
  {
    name: "a mixture of gammas",
    make: (p) =>
      mixture({
        logits: tf.expandDims(p.logits!, -2),
        components: gamma({ concentration: tf.expandDims(p.concentration!, -2), scale: 0.4 }),
      }),
    parameters: { logits: [0.2, -0.5], concentration: [0.8, 4] },
    estimators: ["implicit-pathwise", "weak-reparameterization"],
  },
];

for (const { name, make, parameters, estimators } of several) {
  test(`${estimators.join(" and ")} agree with the score function on ${name}, with a cost that does not separate (${2 * numRows} paired draws)`, () => {
    const f = (z: tf.Tensor): tf.Tensor =>
      tf.log1p(tf.square(tf.sum(tf.mul(z, tf.tensor1d([1, -0.6, 0.8].slice(0, z.shape[z.rank - 1]!))), -1, true)));
    const options = { numRows: 2 * numRows };
    const score = costRows("lr", make, parameters, f, options);
    for (const estimator of estimators) {
      const rows = costRows(estimator, make, parameters, f, options);
      for (const [parameter, values] of Object.entries(parameters)) {
        values.forEach((_, k) => {
          const { mean, standardError } = momentsOf(
            rows[parameter]!.map((g, i) => g - score[parameter]![i]!),
            values.length,
            k,
          );
          assert.ok(
            Math.abs(mean) <= deviations * standardError,
            `${estimator}, ${parameter}[${k}]: differs by ${mean} ± ${standardError}`,
          );
        });
      }
    }
  });
}
