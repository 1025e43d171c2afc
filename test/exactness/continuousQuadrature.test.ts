import assert from "node:assert/strict";
import { test } from "node:test";
import { costs, exactGradient, families, quadrature } from "./continuousFamilies";
import { costRows } from "./continuousRows";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

/** Estimators without noise beyond the value: their mean is an integral over it. */
const estimators: readonly { readonly id: string; readonly serves: readonly string[] }[] = [
  { id: "lr", serves: families.map(({ id }) => id) },
  { id: "pathwise", serves: ["normal", "laplace", "logistic", "gumbel", "lognormal"] },
  { id: "implicit-pathwise", serves: ["gamma", "beta", "mixture"] },
  { id: "weak-reparameterization", serves: ["gamma", "beta", "mixture"] },
];

for (const { id, serves } of estimators) {
  for (const family of families.filter((candidate) => serves.includes(candidate.id))) {
    const about = `${family.id}(${Object.entries(family.parameters)
      .map(([name, value]) => `${name} ${value.join("/")}`)
      .join(", ")})`;
    test(`the mean of ${id} on ${about} is the exact gradient, for every cost`, () => {
      const nodes = quadrature(family);
      const total = nodes.weight.reduce((sum, w) => sum + w, 0);
      assert.ok(Math.abs(total - 1) < 1e-6, `the density integrates to ${total}`);
      for (const cost of costs.filter((candidate) => !family.without?.includes(candidate.id))) {
        const rows = costRows(id, family.make, family.parameters, cost.tensor, {
          numRows: nodes.z.length,
          values: nodes.z,
        });
        const exact = exactGradient(family, cost.number, nodes);
        for (const [name, expected] of Object.entries(exact)) {
          expected.forEach((value, k) => {
            const size = expected.length;
            let mean = 0;
            let magnitude = 0;
            let largest = 0;
            nodes.weight.forEach((w, i) => {
              const g = rows[name]![i * size + k]!;
              assert.ok(Number.isFinite(g), `${cost.id}, ${name}: ${g} at z = ${nodes.z[i]}`);
              mean += w * g;
              magnitude += w * Math.abs(g);
              largest = Math.max(largest, w * Math.abs(g));
            });
            const tolerance = 1e-5 * (1 + magnitude) + (cost.kinked && id !== "lr" ? 2 * largest : 0);
            assert.ok(Math.abs(mean - value) < tolerance, `${cost.id}, ${name}[${k}]: mean ${mean}, exact ${value}`);
          });
        }
      }
    });
  }
}
