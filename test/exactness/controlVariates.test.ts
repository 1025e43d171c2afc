import assert from "node:assert/strict";
import { before, test } from "node:test";
import { tf } from "../../core/backends/tf";
import { measureControlVariates } from "../../core/diagnostics/controlVariates";
import { createNodeEstimators } from "../../core/estimators/estimatorSpec";
import { objective } from "../../core/objectives/registry";
import type { ControlVariateReport } from "../../core/protocol/variance";
import { MovingMoments } from "../../core/baselines/movingMoments";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { Lab, totalVariance } from "./support/lab";
import { oneCategoryBound } from "./support/oneCategoryBound";

before(startTestBackend);

function measure(lab: Lab, text: string, average?: number, draws = 4000): readonly ControlVariateReport[] {
  const specs = lab.specs(text);
  const estimators = createNodeEstimators(specs);
  if (average !== undefined) {
    const moments = new MovingMoments(0.8);
    moments.add(Float32Array.of(average));
    for (const estimator of estimators.values()) estimator.restore({ average: moments.state() });
  }
  const { instance, structure, data, testCase } = lab;
  const tensors = tf.memory().numTensors;
  const reports = measureControlVariates({
    instance,
    structure,
    objective: objective(testCase.objective),
    data,
    batchSize: testCase.batchSize,
    numSamples: lab.samples(text),
    specs,
    estimators,
    draws,
    seed: 1,
    step: 0,
  });
  for (const estimator of estimators.values()) estimator.dispose();
  assert.equal(tf.memory().numTensors, tensors);
  return reports;
}

const vector = cases.find(({ name }) => name.startsWith("a vector"))!;

// Where the parameter is the logits, the exact variances are known. 4 000 draws: the ratio's standard error is about 3 %.
test("muprop's variance ratio is that of the enumerated variances, and its best coefficient can do no worse", () => {
  const lab = new Lab(vector);
  const theta = (text: string): number =>
    totalVariance(new Map([...lab.enumerate(text)].filter(([name]) => name === "theta")));
  const exact = theta("muprop") / theta("lr");
  const [report] = measure(lab, "muprop");
  assert.ok(Math.abs(report!.varianceRatio! / exact - 1) < 0.15, `${report!.varianceRatio}, exactly ${exact}`);
  assert.ok(report!.interval![0] <= exact && exact <= report!.interval![1], "the interval holds the exact ratio");
  assert.ok(report!.correlation! > 0 && 1 - report!.correlation! ** 2 <= report!.varianceRatio! + 1e-9);
  lab.dispose();
});

/** One categorical node under a bound of two samples. */
const bound = oneCategoryBound([1.1, -0.4, 0.2], [1.4, -2.9, 0.3]);

for (const [testCase, text] of [
  [bound, "vimco"],
  [bound, "vimco(mean=arithmetic)"],
  [bound, "muprop"],
  [vector, "leave-one-out"],
] as const) {
  test(`${text}'s variance ratio is that of the enumerated variances: ${testCase.name}`, () => {
    const lab = new Lab(testCase);
    const theta = (id: string): number =>
      totalVariance(new Map([...lab.enumerate(id)].filter(([name]) => name === "theta")));
    // A mean over K independent samples has a K-th of the variance.
    const exact = theta(text) / (theta("lr") * (testCase.samples / lab.samples(text)));
    const [report] = measure(lab, text);
    assert.ok(Math.abs(report!.varianceRatio! / exact - 1) < 0.15, `${report!.varianceRatio}, exactly ${exact}`);
    assert.ok(report!.interval![0] <= exact && exact <= report!.interval![1], "the interval holds the exact ratio");
    assert.ok(Math.abs(report!.correlation!) <= 1);
    lab.dispose();
  });
}

test("a baseline at zero does nothing; one near the mean cost helps, one far above it does harm and its best coefficient says so", () => {
  const lab = new Lab(vector);
  const [zero] = measure(lab, "lr-c");
  assert.deepEqual([zero!.varianceRatio, zero!.correlation, zero!.bestCoefficient], [1, null, null]);
  const [near] = measure(lab, "lr-c", 3);
  assert.ok(near!.varianceRatio! < 1, String(near!.varianceRatio));
  const [far] = measure(lab, "lr-c", 60);
  assert.ok(far!.varianceRatio! > 1 && Math.abs(far!.bestCoefficient! * 60 - near!.bestCoefficient! * 3) < 0.01);
  lab.dispose();
});

test("every node with a control variate reports, several layers, categorical and multi-sample; others do not", () => {
  for (const testCase of cases) {
    const lab = new Lab(testCase);
    const coupled = objective(testCase.objective).additive ? "leave-one-out" : "vimco";
    for (const text of ["muprop-c", "lr-c(constant=optimal)", "rebar", "relax", coupled]) {
      const reports = measure(lab, text, undefined, 200);
      assert.deepEqual(
        reports.map(({ node }) => node),
        lab.structure.nodes,
      );
      for (const { varianceRatio, correlation } of reports) {
        assert.ok(varianceRatio !== null && varianceRatio > 0);
        assert.ok(correlation === null || Math.abs(correlation) <= 1 + 1e-6);
      }
    }
    assert.deepEqual(measure(lab, "straight-through"), []);
    lab.dispose();
  }
});
