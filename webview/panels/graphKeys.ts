import type { PlacedGraph, PlacedNode } from "./graphLayout";

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * The node that a key leads to: an arrow follows the edge that points most nearly that way, else the nearest node there;
 * Home and End are the first and last node. Null where the key means nothing.
 */
export function nextNode({ nodes, edges }: PlacedGraph, current: string, key: string): string | null {
  if (key === "Home") return nodes[0]?.node.name ?? null;
  if (key === "End") return nodes.at(-1)?.node.name ?? null;
  const direction = directions[key];
  const from = nodes.find(({ node }) => node.name === current);
  if (!direction || !from) return null;
  const joined = new Set(edges.flatMap(({ from: a, to: b }) => (a === current ? [b] : b === current ? [a] : [])));
  const score = (node: PlacedNode): number => {
    const dx = node.x - from.x;
    const dy = node.y - from.y;
    const along = dx * direction[0] + dy * direction[1];
    const across = Math.abs(dx * direction[1] - dy * direction[0]);
    return along > 1 ? along + across * 2 : Infinity;
  };
  const best = (candidates: readonly PlacedNode[]): string | null => {
    const ranked = candidates
      .map((node) => ({ name: node.node.name, score: score(node) }))
      .filter((entry) => entry.score < Infinity);
    return ranked.sort((a, b) => a.score - b.score)[0]?.name ?? null;
  };
  return best(nodes.filter(({ node }) => joined.has(node.name))) ?? best(nodes) ?? current;
}
