import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backends } from "../../../core/backends/registry";
import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import { createNodeEstimators, chooseEstimators, parseEstimatorChoice } from "../../../core/estimators/estimatorSpec";
import { type Distribution, nodeNoise, type NodeNoise } from "../../../core/distributions/distribution";
import type { FlowLayer } from "../../../core/distributions/flows/flowLayer";
import { collectByAxis, collectByLoop } from "../../../core/gradients/collectRows";
import { activeTape } from "../../../core/gradients/isolate";
import { gradients, record } from "../../../core/gradients/tape";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse } from "../../../core/graph/structure";
import {
  affineCoupling,
  bernoulli,
  defineModel,
  dense,
  dirac,
  flow,
  gamma,
  normal,
  observe,
  parameter,
  planar,
  sample,
} from "../../../core/index";
import { planarPreimage } from "../../../core/numerics/special/scalar/planarPreimage";
import { objective } from "../../../core/objectives/registry";
import { Noise } from "../../../core/random/noise";
import { kolmogorovSmirnov } from "./kolmogorov";
import { leavesNoTensors } from "../../support/leavesNoTensors";

const draws = 20_000;
/** As in goodnessOfFit.test.ts: a distance of 0.023 would be seen. */
const smallestP = 1e-6 / 100;

function noise(seed = 1, numRows = draws, numSamples = 1): NodeNoise {
  return nodeNoise(new Noise({ seed, step: 0, numSamples, numRows, replicates: 1, firstReplicate: 0 }), "z");
}

const bend = (): FlowLayer => planar({ u: [1.5, -1], w: [0.4, 1.1], b: [0.3] });
const couple = (keep: "first" | "last"): FlowLayer =>
  affineCoupling({
    keep,
    conditioner: (kept) => ({ shift: tf.sin(kept), logScale: tf.mul(tf.tanh(kept), 0.5) }),
  });
const example = (): Distribution =>
  flow({
    base: normal({ mean: [0.2, -0.4], std: [1, 0.6] }),
    layers: [couple("first"), bend(), couple("last"), bend()],
  });

test("the search for a planar layer's preimage solves its equation to rounding, whatever the slope", () => {
  for (const sigma of [1e-12, 1e-3, 0.5, 1, 3, 40, 1e4]) {
    for (const r of [0, 1e-9, 1e-3, 0.3, 1, 5, 60, 1e3]) {
      for (const sign of [-1, 1]) {
        const t = planarPreimage(sign * r, sigma);
        const back = t + (sigma - 1) * Math.tanh(t);
        const slope = Math.tanh(t) ** 2 + sigma * (1 - Math.tanh(t) ** 2);
        const tolerance = 4e-16 * (Math.abs(t) * (2 + sigma) + slope * Math.abs(t)) + 1e-300;
        assert.ok(Math.abs(back - sign * r) <= tolerance, `σ = ${sigma}, r = ${sign * r}: t = ${t}, back ${back}`);
      }
    }
  }
  for (const [r, sigma] of [
    [NaN, 1],
    [1, 0],
    [Infinity, 1],
  ] as const)
    assert.ok(Number.isNaN(planarPreimage(r, sigma)));
});

for (const backend of backends.filter(({ id }) => id === "cpu" || id === "wasm")) {
  describe(backend.id, () => {
    leavesNoTensors(() => backend.activate());

    test("a draw's log-density is the same for the flow that drew it and for one that has never seen it", () =>
      tf.tidy(() => {
        const drawing = example();
        const value = drawing.sample(noise(1, 2000));
        const known = drawing.logProb(value).dataSync();
        const foreign = example().logProb(value).dataSync();
        known.forEach((v, i) => assert.ok(Math.abs(v - foreign[i]!) < 2e-5 * (1 + Math.abs(v)), `${v}, ${foreign[i]}`));
      }));

    test("draws of one unit follow the distribution function of base and layer", () =>
      tf.tidy(() => {
        const base = normal({ mean: [0.2], std: [1.3] });
        const value = flow({ base, layers: [planar({ u: [-2], w: [0.9], b: [0.5] })] }).sample(noise(2));
        const { value: x } = planar({ u: [-2], w: [0.9], b: [0.5] }).inverse(value);
        const p = kolmogorovSmirnov(base.unitCdf(x).dataSync() as Float32Array);
        assert.ok(p > smallestP, `p = ${p}`);
      }));

    test("the density of two units integrates to 1", () =>
      tf.tidy(() => {
        const side = Array.from({ length: 241 }, (_, i) => -12 + i * 0.1);
        const grid = tf.tensor(Float32Array.from(side.flatMap((a) => side.flatMap((b) => [a, b]))), [1, 241 * 241, 2]);
        const total = tf.sum(tf.exp(example().logProb(grid))).dataSync()[0]! * 0.01;
        assert.ok(Math.abs(total - 1) < 1e-4, String(total));
      }));

    test("the gradient of the log-density in the value is the same where the draw is known and where it is searched for", () =>
      tf.tidy(() => {
        const distribution = example();
        const value = distribution.sample(noise(3, 50));
        const slopeOf = (which: Distribution, at: tf.Tensor): Float32Array => {
          const recorded = record(() => tf.sum(which.logProb(at)));
          const [slope] = gradients(recorded.tape, recorded.value, [at]);
          recorded.release();
          return slope!.dataSync() as Float32Array;
        };
        const foreign = slopeOf(example(), value);
        slopeOf(distribution, value).forEach((g, i) =>
          assert.ok(Math.abs(g - foreign[i]!) < 2e-4 * (1 + Math.abs(g)), `${g}, ${foreign[i]}`),
        );
      }));
  });
}

test("the search can be differentiated twice", async () => {
  await backends.find(({ id }) => id === "cpu")!.activate();
  tf.tidy(() => {
    const layer = (): FlowLayer => planar({ u: [2], w: [0.7], b: [0.1] });
    const y = tf.tensor2d([[0.3], [-1.2], [2]]);
    const twice = record(() => {
      const once = tf.sum(layer().inverse(y).logDeterminant);
      return gradients(activeTape(), once, [y], undefined, true)[0]!;
    });
    const [second] = gradients(twice.tape, twice.value, [y]);
    const slopes = (by: number): Float32Array => {
      const moved = tf.add(y, by);
      const pass = record(() => tf.sum(layer().inverse(moved).logDeterminant));
      const [slope] = gradients(pass.tape, pass.value, [moved]);
      pass.release();
      return slope!.dataSync() as Float32Array;
    };
    const [up, down] = [slopes(1e-2), slopes(-1e-2)];
    second!.dataSync().forEach((g, i) => assert.ok(Math.abs(g - (up[i]! - down[i]!) / 2e-2) < 1e-3, `${i}: ${g}`));
    twice.release();
  });
});

const vae = defineModel("flow", () => {
  const mean = dense("mean", 3, 2);
  const net = dense("net", 1, 2);
  const u = parameter("u", [0.4, -0.3]);
  const w = parameter("w", [0.5, 0.2]);
  const b = parameter("b", [0.1]);
  const layers = [
    planar({ u, w, b }),
    affineCoupling({
      keep: "first",
      conditioner: (kept) => {
        const [shift, logScale] = tf.split(net(tf.tanh(kept)), 2, -1);
        return { shift: shift!, logScale: logScale! };
      },
    }),
  ];
  return {
    guide: ({ x }: { readonly x: tf.Tensor }) =>
      void sample("z", flow({ base: normal({ mean: mean(x), std: [1, 1] }), layers })),
    model: ({ x }: { readonly x: tf.Tensor }) => {
      const z = sample("z", normal({ mean: [0, 0], std: [1, 1] }));
      observe("x", normal({ mean: tf.sum(z, -1, true), std: [1] }), x);
    },
  };
});

test("the graph shows base, parameters and the conditioner's net upstream of the flow; rows by axis equal rows one by one", async () => {
  await backends.find(({ id }) => id === "cpu")!.activate();
  const instance = new ModelInstance(vae, 3);
  const data = { x: tf.tensor3d([[[0.2, -0.4, 1], [1, 0.3, -0.8]]]) }; // prettier-ignore
  const structure = analyse(instance, data);
  const { nodes, edges } = structure.graph;
  const into = (to: string): string[] =>
    edges
      .filter((edge) => edge.to === to)
      .map(({ from }) => from)
      .sort();
  assert.deepEqual(into("z"), ["b", "mean", "net", "u", "w"]);
  assert.deepEqual(
    nodes.filter(({ kind }) => kind === "deterministic").map(({ name }) => name),
    ["mean", "net"],
  );
  assert.equal(nodes.find(({ name }) => name === "z")!.distribution, "flow");
  for (const text of ["lr", "pathwise", "sticking-the-landing", "dreg"]) {
    const specs = chooseEstimators(structure.distributions, new Map(), parseEstimatorChoice(text), null, "elbo");
    const [byAxis, byLoop] = [collectByAxis, collectByLoop].map((collect) => {
      const estimators = createNodeEstimators(specs);
      return tidy(() =>
        collect(instance, {
          structure,
          objective: objective("elbo"),
          estimators,
          data,
          noise: new Noise({ seed: 1, step: 0, numSamples: 1, numRows: 2, replicates: 1, firstReplicate: 0 }),
          training: false,
        }).rows.map((rows) => [rows.name, [...rows.materialise().dataSync()]] as const),
      );
    });
    byAxis!.forEach(([name, values], i) =>
      values.forEach((value, k) => {
        const other = byLoop![i]![1][k]!;
        assert.ok(Math.abs(value - other) < 1e-5 * (1 + Math.abs(other)), `${text}, ${name}[${k}]: ${value}, ${other}`);
      }),
    );
  }
  tf.dispose(data);
  instance.dispose();
});

test("what makes no flow is refused by name, with what would do", () => {
  const base = normal({ mean: [0, 0], std: [1, 1] });
  const conditioner = (kept: tf.Tensor): { shift: tf.Tensor; logScale: tf.Tensor } => ({ shift: kept, logScale: kept });
  const layers = [bend()];
  for (const [make, expected] of [
    [() => flow({ base: bernoulli({ logits: [0] }), layers }), /flow needs a base of real units.*got bernoulli/],
    [() => flow({ base: dirac({ value: [0, 0] }), layers }), /flow needs a base of real units.*got dirac/],
    [() => flow({ base, layers: [] }), /at least one layer, such as planar/],
    [
      () => flow({ base: normal({ mean: 0, std: 1 }), layers }),
      /u with 1 on its last axis for a base of 1 units, got 2/,
    ],
    [() => flow({ base, layers: [planar({ u: [1, 1], w: [1, 1], b: [0, 0] })] }), /b with 1 on its last axis.*got 2/],
    [() => affineCoupling({ keep: "both" as "first", conditioner }), /keep: "first" or "last".*got both/],
    [() => affineCoupling({ keep: "first", conditioner: 3 as never }), /needs a function as conditioner.*got number/],
    [
      () => flow({ base: normal({ mean: [0], std: [1] }), layers: [affineCoupling({ keep: "first", conditioner })] }),
      /at least 2 units, got 1/,
    ],
    [() => flow({ base, layers: [affineCoupling({ keep: "first", kept: 2, conditioner })] }), /from 1 to 1 .* got 2/],
    [
      () =>
        flow({
          base: gamma({ concentration: [1, 1, 1], rate: [1, 1, 1] }),
          layers: [affineCoupling({ keep: "first", conditioner })],
        }).mean(),
      /return shift for the 2 units that move.*got \[1\]/,
    ],
  ] as const)
    assert.throws(() => tf.tidy(() => void make()), expected);
  const still = flow({ base, layers: [planar({ u: [1, 1], w: [0, 0], b: [0] })] });
  assert.match(still.problem()!, /planar w is a direction, so not all 0/);
  assert.match(flow({ base: normal({ mean: [0, 0], std: [1, -1] }), layers }).problem()!, /std lies above 0, got -1/);
});
