import assert from "node:assert/strict";
import { test } from "node:test";
import { registries } from "../../../../core/engine/registries";
import { servingEstimators } from "../../../../extension/commands/estimatorChoices";
import { lastFirst } from "../../../../extension/commands/pickOrder";
import { beliefNet } from "../snapshots";

const ids = (distribution: string): readonly string[] => {
  const { graph } = beliefNet();
  const nodes = graph.nodes.map((node) => (node.kind === "stochastic" ? { ...node, distribution } : node));
  return servingEstimators(registries(), { ...graph, nodes }).map(({ id }) => id);
};

test("estimators that serve every distribution are offered for every model", () => {
  assert.ok(ids("bernoulli").includes("lr"));
  assert.ok(ids("categorical").includes("lr"));
});

test("estimators that do not serve a model's distribution are not offered", () => {
  assert.ok(ids("bernoulli").includes("straight-through"));
  assert.ok(!ids("normal").includes("straight-through"));
});

test("the last choice comes first and is marked, the others keep their order", () => {
  const choices = ["a", "b", "c"].map((value) => ({ label: value, value }));
  const ordered = lastFirst(choices, "b", "last choice");
  assert.deepEqual(
    ordered.map(({ value }) => value),
    ["b", "a", "c"],
  );
  assert.equal(ordered[0]?.description, "last choice");
  assert.equal(lastFirst(choices, undefined, "last choice"), choices);
  assert.equal(lastFirst(choices, "gone", "last choice"), choices);
});
