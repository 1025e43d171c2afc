import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEstimator } from "../../../core/estimators/estimatorSpec";
import { objective } from "../../../core/objectives/registry";
import { refinedNode } from "../../../core/training/refinement";

const unit = { unitShape: [2], eventRank: 1 };
const bits = { id: "bernoulli", statesPerUnit: 2, ...unit };

function node(
  distributions: Record<string, { id: string; statesPerUnit: number | null; unitShape: number[]; eventRank: number }>,
  estimator: string,
  { steps = 5, rate = 0.1, objectiveId = "elbo" } = {},
): string {
  const names = Object.keys(distributions);
  const structure = { nodes: names, distributions: new Map(Object.entries(distributions)) };
  const specs = new Map(names.map((name) => [name, parseEstimator(estimator)]));
  return refinedNode({ steps, rate }, structure, objective(objectiveId), specs);
}

test("inference refines one layer of normal or Bernoulli units", () => {
  assert.equal(node({ h: bits }, "mean-passing"), "h");
  assert.equal(node({ h: bits }, "straight-through"), "h");
  assert.equal(node({ z: { ...bits, id: "normal", statesPerUnit: null } }, "pathwise"), "z");
});

test("inference that does not fit says what would", () => {
  assert.throws(
    () => node({ h: bits }, "lr-c"),
    /node "h" needs the estimator mean-passing or straight-through, got lr-c/,
  );
  assert.throws(() => node({ a: bits, b: bits }, "mean-passing"), /one latent layer, got the nodes a, b/);
  assert.throws(() => node({ g: { ...bits, id: "gamma" } }, "lr"), /normal and Bernoulli nodes, got gamma at node "g"/);
  assert.throws(() => node({ h: bits }, "mean-passing", { objectiveId: "iwae" }), /the objective elbo, got iwae/);
  assert.throws(() => node({ h: bits }, "mean-passing", { steps: 0 }), /steps of at least 1, got 0/);
  assert.throws(() => node({ h: bits }, "mean-passing", { rate: NaN }), /rate above 0, got NaN/);
});
