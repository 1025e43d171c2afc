import assert from "node:assert/strict";
import { test } from "node:test";
import { nextNode } from "../../../../webview/panels/graphKeys";
import { inferRoles, layoutGraph, shorten } from "../../../../webview/panels/graphLayout";
import { panelSnapshot } from "../../../ui/panelSnapshot";

const { graph } = panelSnapshot({ steps: 10 });

test("parameters and layers belong to the part that they feed, data to none", () => {
  const roles = inferRoles(graph);
  assert.equal(roles.get("encode/weight"), "guide");
  assert.equal(roles.get("decode"), "model");
  assert.equal(roles.get("decode/bias"), "model");
  assert.equal(roles.get("x"), null);
});

test("what feeds a node stands before it, and no two nodes overlap", () => {
  const placed = layoutGraph(graph, "TB");
  const at = new Map(placed.nodes.map((node) => [node.node.name, node]));
  assert.equal(placed.nodes.length, graph.nodes.length);
  assert.equal(placed.edges.length, graph.edges.length);
  for (const { from, to } of graph.edges) assert.ok(at.get(from)!.y <= at.get(to)!.y + 1, `${from} → ${to}`);
  for (const a of placed.nodes) {
    for (const b of placed.nodes) {
      if (a === b) continue;
      const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
      assert.ok(apart, `${a.node.name} overlaps ${b.node.name}`);
    }
  }
});

test("a group holds its nodes", () => {
  const { groups, nodes } = layoutGraph(graph, "LR");
  assert.deepEqual(groups.map(({ role }) => role).sort(), ["guide", "model"]);
  for (const group of groups) {
    for (const node of nodes.filter(({ role }) => role === group.role)) {
      assert.ok(Math.abs(node.x - group.x) <= (group.width - node.width) / 2 + 1, node.node.name);
      assert.ok(Math.abs(node.y - group.y) <= (group.height - node.height) / 2 + 1, node.node.name);
    }
  }
});

test("edges to nodes that do not exist are left out", () => {
  const placed = layoutGraph({ nodes: graph.nodes, edges: [{ from: "x", to: "nowhere" }] }, "TB");
  assert.equal(placed.edges.length, 0);
});

test("arrows follow the edges, Home and End are the ends", () => {
  const placed = layoutGraph(graph, "TB");
  assert.equal(nextNode(placed, "encode", "ArrowDown"), "h");
  assert.equal(nextNode(placed, "h", "ArrowUp"), "encode");
  assert.equal(nextNode(placed, "h", "Home"), graph.nodes[0]!.name);
  assert.equal(nextNode(placed, "h", "End"), graph.nodes.at(-1)!.name);
  assert.equal(nextNode(placed, "h", "a"), null);
});

test("long names are shortened in the middle", () => {
  assert.equal(shorten("encoder/layer/first/block/weight"), "encoder/laye…block/weight");
  assert.equal(shorten("prior"), "prior");
});
