import assert from "node:assert/strict";
import { before, test } from "node:test";
import { tf } from "../../core/backends/tf";
import { tidy } from "../../core/backends/tidy";
import { attributeVariance } from "../../core/diagnostics/attribution";
import { finish } from "../../core/diagnostics/sliced";
import { collectRows } from "../../core/gradients/collectRows";
import { bernoulli, cost, defineModel, parameter, sample } from "../../core/index";
import { Noise } from "../../core/random/noise";
import { type Bench, makeBench } from "../unit/diagnostics/support";
import { startTestBackend } from "../support/testBackend";

before(startTestBackend);

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** One bit above another, and a third beside them: a's noise reaches the cost directly and through b. */
const chain = defineModel("chain", () => {
  const a0 = parameter("a0", [0.4]);
  const b0 = parameter("b0", [-0.3]);
  const c0 = parameter("c0", [1.1]);
  return {
    program() {
      const a = sample("a", bernoulli({ logits: a0 }));
      const b = sample("b", bernoulli({ logits: tf.add(b0, tf.mul(1.7, a)) }));
      const c = sample("c", bernoulli({ logits: c0 }));
      cost("f", tf.exp(tf.sum(tf.add(tf.mul(1.2, b), tf.add(tf.mul(0.5, a), tf.mul(-0.8, c))), -1)));
    },
  };
});

/** The gradient of every parameter at given values. */
function gradientAt(bench: Bench, values: Record<string, number>): number[] {
  return tidy(() => {
    const noise = new Noise({ seed: 0, step: 0, numSamples: 1, numRows: 1, replicates: 1, firstReplicate: 0 });
    const forced = new Map(Object.entries(values).map(([node, value]) => [node, tf.tensor(value, [1, 1, 1])]));
    return collectRows(bench.instance, { ...bench, noise, training: false, forced }).rows.map(
      (rows) => rows.materialise().dataSync()[0]!,
    );
  });
}

/** u > 1 − p gives 1: cells of b's noise by what it decides for a = 0 and a = 1. */
function cells(): readonly { readonly share: number; readonly b: readonly [number, number] }[] {
  const [low, high] = [sigmoid(-0.3), sigmoid(1.4)];
  return [
    { share: 1 - high, b: [0, 0] },
    { share: high - low, b: [0, 1] },
    { share: low, b: [1, 1] },
  ];
}

interface Cell {
  readonly weight: number;
  readonly g: number[];
}

/** ĝ on the grid of all nodes' noises: [a][cell of b][c], which is all there is to it. */
function grid(bench: Bench): Cell[][][] {
  const [pa, pc] = [sigmoid(0.4), sigmoid(1.1)];
  return [0, 1].map((a) =>
    cells().map(({ share, b }) =>
      [0, 1].map((c) => ({
        weight: (a ? pa : 1 - pa) * share * (c ? pc : 1 - pc),
        g: gradientAt(bench, { a, b: b[a]!, c }),
      })),
    ),
  );
}

/** Total effects E Var(g | all but one axis), first-order effects Var E(g | one axis), and Var g, exactly. */
function anova(
  all: Cell[][][],
  parameterIndex: number,
): { total: number; effects: Record<string, number>; first: Record<string, number> } {
  const flat = all.flatMap((plane, a) =>
    plane.flatMap((row, b) => row.map(({ weight, g }, c) => ({ weight, value: g[parameterIndex]!, key: [a, b, c] }))),
  );
  const mean = flat.reduce((sum, { weight, value }) => sum + weight * value, 0);
  const total = flat.reduce((sum, { weight, value }) => sum + weight * (value - mean) ** 2, 0);
  const effects = Object.fromEntries(
    ["a", "b", "c"].map((node, axis) => {
      const groups = new Map<string, { weight: number; value: number }[]>();
      for (const { weight, value, key } of flat) {
        const others = key.filter((_, i) => i !== axis).join();
        groups.set(others, [...(groups.get(others) ?? []), { weight, value }]);
      }
      let effect = 0;
      for (const group of groups.values()) {
        const mass = group.reduce((sum, { weight }) => sum + weight, 0);
        const centre = group.reduce((sum, { weight, value }) => sum + (weight / mass) * value, 0);
        effect += group.reduce((sum, { weight, value }) => sum + weight * (value - centre) ** 2, 0);
      }
      return [node, effect];
    }),
  );
  const first = Object.fromEntries(
    ["a", "b", "c"].map((node, axis) => {
      const groups = new Map<number, { mass: number; sum: number }>();
      for (const { weight, value, key } of flat) {
        const group = groups.get(key[axis]!) ?? { mass: 0, sum: 0 };
        groups.set(key[axis]!, { mass: group.mass + weight, sum: group.sum + weight * value });
      }
      const parts = [...groups.values()].map(({ mass, sum }) => mass * (sum / mass - mean) ** 2);
      return [node, parts.reduce((effect, part) => effect + part, 0)];
    }),
  );
  return { total, effects, first };
}

for (const estimator of ["lr", "muprop", "straight-through"]) {
  test(`the effect of every node on the variance of ${estimator} agrees with exact ANOVA over the nodes' noise`, () => {
    const bench = makeBench(chain, estimator);
    const all = grid(bench);
    const found = finish(attributeVariance({ ...bench, draws: 20_000, seed: 1, step: 0 }));
    found.forEach(({ name, variance, nodes }, i) => {
      const { total, effects, first } = anova(all, i);
      // 20 000 squared differences of bounded variables: 6 % is beyond five standard errors.
      const close = (value: number, expected: number, what: string): void =>
        assert.ok(
          Math.abs(value - expected) <= 0.06 * total + 1e-9,
          `${name} ${what}: expected ${expected}, got ${value}`,
        );
      close(variance, total, "in all");
      for (const { node, variance: effect, firstOrder, interval, firstOrderInterval } of nodes) {
        close(effect, effects[node]!, node);
        close(firstOrder, first[node]!, `${node} alone`);
        // The draws are fixed; an interval that missed by more than its own width would not be one.
        for (const [ends, exact] of [
          [interval, effects[node]!],
          [firstOrderInterval, first[node]!],
        ] as const) {
          const slack = ends ? ends[1] - ends[0] : Infinity;
          assert.ok(
            !ends || (ends[0] - slack <= exact && exact <= ends[1] + slack),
            `${name} ${node}: ${ends?.join()}`,
          );
        }
      }
      const exactOrder = Object.entries(effects).sort((p, q) => q[1] - p[1]);
      if (exactOrder[0]![1] > exactOrder[1]![1] + 0.12 * total) assert.equal(nodes[0]!.node, exactOrder[0]![0]);
      const sum = nodes.reduce((shares, { share }) => shares + (share ?? 0), 0);
      assert.ok(total === 0 || sum > 0.9, `${name}: shares add up to ${sum}`);
    });
    bench.dispose();
  });
}

test("a node that a parameter's gradient does not depend on has no effect on it", () => {
  const bench = makeBench(
    defineModel("apart", () => {
      const p = parameter("p", [0.3]);
      const q = parameter("q", [-0.6]);
      return {
        program() {
          cost("f", tf.exp(tf.sum(sample("h", bernoulli({ logits: p })), -1)));
          cost("g", tf.exp(tf.sum(sample("k", bernoulli({ logits: q })), -1)));
        },
      };
    }),
    "lr",
  );
  const [p, q] = finish(attributeVariance({ ...bench, draws: 500, seed: 1, step: 0 }));
  assert.deepEqual(
    p!.nodes.map(({ node }) => node),
    ["h", "k"],
  );
  assert.equal(p!.nodes[1]!.variance, 0);
  assert.equal(q!.nodes[1]!.variance, 0);
  assert.ok(p!.nodes[0]!.interval![0] > 0);
  bench.dispose();
});
