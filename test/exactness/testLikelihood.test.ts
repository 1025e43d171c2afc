import assert from "node:assert/strict";
import { before, test } from "node:test";
import { tf } from "../../core/backends/tf";
import { stateValues, tileRows } from "../../core/diagnostics/enumerate";
import { runTrace } from "../../core/graph/trace";
import { sum, termsOf } from "../../core/gradients/terms";
import { objective } from "../../core/objectives/registry";
import { testLikelihood } from "../../core/training/testLikelihood";
import { startTestBackend, testBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { Lab } from "./support/lab";

const nothingClosed = { divergence: new Set<string>(), entropy: new Set<string>() };

before(startTestBackend);

/** −log Σ_h p(x, h), or −log Σ_h p(h | x) p(y | h) for a program, all states enumerated. */
function enumerated(lab: Lab): number[] {
  const { structure, instance, testCase } = lab;
  const B = testCase.batchSize;
  const units = [...structure.distributions.values()].map(({ unitShape, statesPerUnit }) =>
    Math.pow(statesPerUnit!, unitShape[0]!),
  );
  const states = units.reduce((product, count) => product * count, 1);
  return tf.tidy(() => {
    const values = stateValues(structure, 1, 0, states, B);
    const trace = runTrace(instance.functions, tileRows(lab.data, states), ({ name }) => values.get(name)!);
    const shape: [number, number] = [1, states * B];
    const isProgram = "program" in instance.functions;
    const joint = sum(
      [...termsOf(trace, { ...objective("elbo"), entropy: false }, shape, nothingClosed).values()],
      shape,
    );
    const prior = isProgram
      ? [...trace.nodes.values()].map(({ distribution, value }) => tf.neg(distribution.logProb(value)))
      : [];
    const total = prior.reduce((sofar: tf.Tensor, next) => tf.add(sofar, next), joint).dataSync();
    return Array.from({ length: B }, (_, b) => {
      let likelihood = 0;
      for (let state = 0; state < states; state++) likelihood += Math.exp(-total[state * B + b]!);
      return -Math.log(likelihood);
    });
  });
}

const likelihoods = cases.filter((testCase) => testCase.objective !== "expected-cost");

for (const testCase of likelihoods) {
  // 5 000 samples, 4.5 standard errors: false alarm 7e-6 for each number; an error of a quarter of a nat would show.
  test(`importance sampling meets the enumerated log-likelihood: ${testCase.name}`, () => {
    const lab = new Lab(testCase);
    try {
      const exact = enumerated(lab);
      const tensors = tf.memory().numTensors;
      const { values, effectiveSamples } = testLikelihood({
        instance: lab.instance,
        objective: objective(testCase.objective),
        data: lab.data,
        samples: 5000,
        noise: { seed: 3, step: 0, numRows: testCase.batchSize, firstReplicate: 0 },
      });
      assert.equal(tf.memory().numTensors, tensors);
      exact.forEach((value, row) => {
        const standardError = Math.sqrt(1 / effectiveSamples[row]! - 1 / 5000);
        const distance = Math.abs(values[row]! - value);
        assert.ok(standardError < 0.05 && effectiveSamples[row]! <= 5000 * (1 + 1e-9));
        assert.ok(distance < 4.5 * standardError + 1e-5, `${values[row]}, exactly ${value} ± ${standardError}`);
      });
    } finally {
      lab.dispose();
    }
  });
}

test("the likelihood is the same however many samples are drawn at once, and whatever the weights' size", () => {
  const testCase = likelihoods[0]!;
  const lab = new Lab(testCase);
  const likelihood = (samples: number, chunk: number): number[] => [
    ...testLikelihood({
      instance: lab.instance,
      objective: objective(testCase.objective),
      data: lab.data,
      samples,
      noise: { seed: 5, step: 2, numRows: testCase.batchSize, firstReplicate: 4 },
      chunk,
    }).values,
  ];
  const whole = likelihood(211, 211);
  // In plain JavaScript and WebAssembly a row's numbers do not depend on the other rows. WebGPU's matrix product picks one of several
  // programs by the number of rows, which add in different orders: 7 rows of a 3 × 2 product differ from the same among 211 by a unit of
  // float32. TensorFlow's log1p takes eight elements at a time and those left over one by one, a unit apart.
  const tolerance = ["webgpu", "tensorflow"].includes(testBackend) ? 1e-6 : 1e-12;
  for (const chunk of [1, 7, 100, 210])
    likelihood(211, chunk).forEach((value, row) => assert.ok(Math.abs(value - whole[row]!) < tolerance));
  assert.notDeepEqual(likelihood(210, 210), whole);
  lab.dispose();
});

test("an expected cost has no likelihood, and says so", () => {
  const lab = new Lab(cases[0]!);
  const request = { instance: lab.instance, objective: objective("expected-cost"), data: lab.data, samples: 2 };
  const noise = { seed: 0, step: 0, numRows: 1, firstReplicate: 0 };
  assert.throws(() => testLikelihood({ ...request, noise }), { code: "GL1326" });
  lab.dispose();
});
