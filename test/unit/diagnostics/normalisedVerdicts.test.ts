import assert from "node:assert/strict";
import { test } from "node:test";
import { MovingMoments } from "../../../core/baselines/movingMoments";
import type { BiasReport } from "../../../core/diagnostics/bias";
import { withNormalisedVerdicts } from "../../../core/diagnostics/normalisedVerdicts";
import { createNodeEstimators, parseEstimator } from "../../../core/estimators/estimatorSpec";
import type { ModelGraph } from "../../../core/protocol/graph";

const graph: ModelGraph = {
  nodes: [
    { name: "encode/weight", kind: "parameter", shape: [2] },
    { name: "encode", kind: "deterministic", shape: [2] },
    { name: "h", kind: "stochastic", shape: [2] },
    { name: "decode/weight", kind: "parameter", shape: [2] },
    { name: "f", kind: "cost", shape: [] },
  ],
  edges: [
    { from: "encode/weight", to: "encode" },
    { from: "encode", to: "h" },
    { from: "h", to: "f" },
    { from: "decode/weight", to: "f" },
  ],
};

function report(encode: "undecided" | "unbiased"): BiasReport {
  const tensor = (name: string, verdict: "undecided" | "unbiased"): BiasReport["parameters"][number] => ({
    name,
    shape: [2],
    exact: null,
    mean: [0, 0],
    bias: [0, 0],
    gradientNorm: 0,
    variance: [1, 1],
    standardError: [1, 1],
    relativeBias: null,
    interval: null,
    verdict,
  });
  return {
    method: "sampling",
    verdict: encode,
    parameters: [tensor("encode/weight", encode), tensor("decode/weight", "unbiased")],
    reference: "",
    margin: 0.05,
    level: 0.95,
    draws: 10,
    notes: [],
    remaining: { draws: 100, minutes: 1 },
  };
}

/** An estimator whose signal has had this standard deviation. */
function trained(std: number): ReturnType<typeof createNodeEstimators> {
  const estimators = createNodeEstimators(new Map([["h", parseEstimator("lr-c-vn")]]));
  const moments = new MovingMoments(0.8);
  moments.add(Float32Array.of(-std, std));
  estimators.get("h")!.restore({ residual: moments.state() });
  return estimators;
}

const specs = new Map([["h", parseEstimator("lr-c-vn")]]);

test("variance normalisation above 1 makes the undecided parameters of its node biased", () => {
  const { verdict, parameters, remaining } = withNormalisedVerdicts(report("undecided"), graph, specs, trained(4));
  assert.equal(verdict, "biased");
  assert.deepEqual(
    parameters.map((parameter) => parameter.verdict),
    ["biased", "unbiased"],
  );
  assert.equal(remaining, null);
});

test("a scale of 1, or one within the margin, leaves the verdicts alone", () => {
  for (const std of [0.5, 1.02]) {
    assert.deepEqual(withNormalisedVerdicts(report("undecided"), graph, specs, trained(std)), report("undecided"));
  }
});

test("what draws have decided stays decided", () => {
  assert.equal(withNormalisedVerdicts(report("unbiased"), graph, specs, trained(4)).verdict, "unbiased");
});
