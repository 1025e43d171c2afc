import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import type { OptimizerOptions } from "../../../core/model/defineModel";
import { createOptimizer } from "../../../core/training/optimizers/registry";
import { scalarRule } from "./scalarRule";

const gradientsOfStep = (step: number): readonly number[] => [Math.sin(step), 2 - step, 0.01 * step];

for (const backend of ["cpu", "wasm"]) {
  describe(`optimizers on ${backend}`, () => {
    before(() => useBackend(backend));

    for (const options of [
      { id: "sgd", learningRate: 0.1 },
      { id: "sgd", learningRate: 0.1, momentum: 0.9 },
      { id: "adam", learningRate: 0.05 },
      { id: "adam", learningRate: 0.05, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 },
    ] satisfies OptimizerOptions[]) {
      test(`${JSON.stringify(options)} follows its rule, goes on from its state, and frees what it made`, () => {
        const before = tf.memory().numTensors;
        let optimizer = createOptimizer(options);
        const variable = tf.variable(tf.tensor1d([1, -2, 3]));
        const expected = [1, -2, 3].map((start) => scalarRule(options, start));
        for (let step = 1; step <= 12; step++) {
          if (step === 7) {
            const state = structuredClone(optimizer.state());
            optimizer.dispose();
            optimizer = createOptimizer(options);
            optimizer.restore(state);
          }
          const gradient = tf.tensor1d([...gradientsOfStep(step)]);
          optimizer.apply([{ name: "x", variable, gradient }]);
          gradient.dispose();
          const found = variable.dataSync();
          gradientsOfStep(step).forEach((value, e) => {
            const exact = expected[e]!(value);
            assert.ok(
              Math.abs(found[e]! - exact) < 1e-5 * Math.max(1, Math.abs(exact)),
              `step ${step}: ${found[e]}, expected ${exact}`,
            );
          });
        }
        optimizer.dispose();
        variable.dispose();
        assert.ok(tf.memory().numTensors <= before + 1);
      });
    }
  });
}

test("an optimizer, an option or a value that does not exist is refused with what does", () => {
  assert.throws(() => createOptimizer({ id: "lion" }), {
    code: "GL1320",
    message: `optimizer "lion" does not exist; choose one of adam, sgd`,
  });
  assert.throws(() => createOptimizer({ id: "sgd", beta1: 0.5 }), {
    code: "GL1321",
    message: `optimizer sgd has no option "beta1"; it has learningRate, momentum`,
  });
  assert.throws(() => createOptimizer({ id: "sgd", momentum: 1 }), {
    code: "GL1322",
    message: "option momentum of optimizer sgd needs a number in [0, 1), got 1",
  });
  assert.throws(() => createOptimizer({ id: "adam", learningRate: 0 }), { code: "GL1322" });
});
