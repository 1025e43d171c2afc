import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { MovingMoments } from "../../core/baselines/movingMoments";
import type { EstimatorMoments } from "../../core/diagnostics/enumerateEstimator";
import type { EstimatorState } from "../../core/estimators/estimator";
import { type Lab, relativeDistance } from "./support/lab";
import { startTestBackend } from "../support/testBackend";
import { labOf } from "./support/labOf";
import type { Net, Site } from "./support/net";
import type { NetCase } from "./support/nets";
import { localExpectation } from "./support/plainEstimators";
import { type PlainGradient, PlainNet } from "./support/plainNet";

before(startTestBackend);

const bits = (name: string, units: number, ...from: string[]): Site => ({ name, units, from });
const category = (name: string, units: number, states: number, ...from: string[]): Site => ({
  name,
  units,
  states,
  from,
});
const program = (name: string, nodes: readonly Site[], costs: Net["costs"]): NetCase => ({
  name,
  net: { name, nodes, observed: [], costs },
  objective: "expected-cost",
  samples: 1,
});

const x = [
  [1, 0],
  [0, 1],
];

/** Costs are exponentials and cubes of sums over units, so that every unit's effect depends on all others. */
const cases: readonly { readonly netCase: NetCase; readonly samples: readonly number[] }[] = [
  { netCase: program("three bits", [bits("a", 3)], [{ ...bits("f", 2, "a"), shape: "exp" }]), samples: [1, 5] },
  {
    netCase: program("two units of three states", [category("c", 2, 3)], [{ ...bits("f", 2, "c"), shape: "cube" }]),
    samples: [1, 5],
  },
  {
    netCase: program(
      "a category and a bit",
      [category("c", 1, 3), bits("a", 1)],
      [{ ...bits("f", 2, "c", "a"), shape: "exp" }],
    ),
    samples: [1, 5, 10],
  },
  {
    netCase: program(
      "two layers of bits",
      [bits("a", 2), bits("b", 1, "a")],
      [
        { ...bits("f", 2, "a", "b"), shape: "exp" },
        { ...bits("g", 1, "b"), shape: "cube" },
      ],
    ),
    samples: [1, 5],
  },
  {
    netCase: program(
      "a category above a bit",
      [category("c", 1, 3), bits("b", 1, "c")],
      [
        { ...bits("f", 2, "c", "b"), shape: "exp" },
        { ...bits("g", 1, "c"), shape: "cube" },
      ],
    ),
    samples: [1, 5, 10],
  },
  {
    netCase: {
      name: "a two-layer ELBO",
      net: {
        name: "belief net",
        nodes: [bits("a", 2, "x"), bits("b", 1, "a")],
        priors: [bits("b", 1), bits("a", 2, "b")],
        observed: [bits("x", 2, "a")],
        costs: [],
        x,
      },
      objective: "elbo",
      samples: 1,
    },
    samples: [1, 5],
  },
  {
    netCase: {
      name: "an ELBO of a category above a bit",
      net: {
        name: "categorical belief net",
        nodes: [category("c", 1, 3, "x"), bits("b", 1, "c", "x")],
        priors: [category("c", 1, 3), bits("b", 1, "c")],
        observed: [bits("x", 2, "c", "b")],
        costs: [],
        x,
      },
      objective: "elbo",
      samples: 1,
    },
    samples: [1, 5],
  },
  {
    netCase: {
      name: "the ELBO of a bit above a bit",
      net: {
        name: "small belief net",
        nodes: [bits("a", 1, "x"), bits("b", 1, "a", "x")],
        priors: [bits("b", 1), bits("a", 1, "b")],
        observed: [bits("x", 2, "a", "b")],
        costs: [],
        x,
      },
      objective: "elbo",
      samples: 1,
    },
    samples: [10],
  },
];

/** More units than all samples can visit the states of: 10 of 16, and of 32. */
const broad: readonly NetCase[] = [
  program("four bits", [bits("a", 4)], [{ ...bits("f", 2, "a"), shape: "exp" }]),
  program(
    "two layers of three and two bits",
    [bits("a", 3), bits("b", 2, "a")],
    [
      { ...bits("f", 2, "a", "b"), shape: "exp" },
      { ...bits("g", 1, "b"), shape: "cube" },
    ],
  ),
];

/** Bounds of several samples: they share one loss, so that the variance is no share of one sample's. */
const bounds: readonly { readonly netCase: NetCase; readonly samples: readonly number[] }[] = [
  {
    netCase: {
      name: "structured prediction from two bits",
      net: { name: "outputs", nodes: [bits("a", 2, "x")], observed: [bits("y", 2, "a")], costs: [], x },
      objective: "structured-prediction",
      samples: 1,
    },
    samples: [1, 5, 10],
  },
  {
    netCase: {
      name: "IWAE of two layers",
      net: {
        name: "importance",
        nodes: [bits("a", 1, "x"), bits("b", 1, "a")],
        priors: [bits("b", 1), bits("a", 1, "b")],
        observed: [bits("x", 2, "a")],
        costs: [],
        x,
      },
      objective: "iwae",
      samples: 1,
    },
    samples: [1, 5, 10],
  },
  {
    netCase: {
      name: "IWAE of one category",
      net: {
        name: "categorical importance",
        nodes: [category("c", 1, 3, "x")],
        priors: [category("c", 1, 3)],
        observed: [bits("x", 2, "c")],
        costs: [],
        x,
      },
      objective: "iwae",
      samples: 1,
    },
    samples: [5, 10],
  },
];

for (const { netCase, samples } of cases) {
  describe(`local-expectation on ${netCase.name}`, () => {
    const plain = new PlainNet(netCase.net, netCase.objective, 1);
    const layered = netCase.net.nodes.some(({ from }) => from.some((parent) => parent !== "x"));
    let lab: Lab;
    before(() => void (lab = labOf(netCase)));
    after(() => lab.dispose());

    for (const S of samples)
      it(`S = ${S}: its mean is the enumerated gradient, its variance is its formula's over S`, () => {
        const found = lab.enumerateMultisets("local-expectation", S);
        requireMean(found, plain.exact());
        requireVariance(found, localExpectation(plain).variance, S);
      });

    if (layered)
      it("S = 5, reweighted costs centred by an average: the same mean, and the variance of its formula", () => {
        const centre = 1.7;
        const found = lab.enumerateMultisets("local-expectation", 5, (estimators) => {
          for (const estimator of estimators.values()) estimator.restore(averageOf(centre));
        });
        requireMean(found, plain.exact());
        requireVariance(found, localExpectation(plain, centre).variance, 5);
      });
  });
}

for (const netCase of broad) {
  describe(`local-expectation on ${netCase.name}`, () => {
    const plain = new PlainNet(netCase.net, netCase.objective, 1);
    let lab: Lab;
    before(() => void (lab = labOf(netCase)));
    after(() => lab.dispose());

    it("its mean is the enumerated gradient, its variance its formula's", () => {
      const found = lab.enumerate("local-expectation");
      requireMean(found, plain.exact());
      requireVariance(found, localExpectation(plain).variance, 1);
    });

    it("S = 10: the estimate is the mean of ten independent ones, so that its mean is theirs and its variance a tenth", () => {
      const states = plain.states(0).length;
      const choices = Array.from({ length: 300 }, (_, i) =>
        // 7 and 11 have no factor in common with the number of states: all states, in ever different company.
        Array.from({ length: 10 }, (__, k) => (i * 7 + k * k * 11 + (i % 5) * k) % states),
      );
      const together = lab.atStates("local-expectation", choices).gradients;
      const alone = lab.atStates(
        "local-expectation",
        Array.from({ length: states }, (_, state) => [state]),
      ).gradients;
      for (const [name, rows] of together)
        rows.forEach((row, i) =>
          row.forEach((value, element) => {
            const parts = choices[i]!.map((state) => alone.get(name)![state]![element]!);
            const mean = parts.reduce((sum, part) => sum + part / 10, 0);
            const scale = Math.max(...parts.map(Math.abs));
            assert.ok(
              Math.abs(value - mean) <= 1e-5 * scale,
              `${name}[${element}]: ${value}, the mean of its samples' ${mean}`,
            );
          }),
        );
    });
  });
}

for (const { netCase, samples } of bounds) {
  describe(`local-expectation under ${netCase.name}`, () => {
    let lab: Lab;
    before(() => void (lab = labOf(netCase)));
    after(() => lab.dispose());

    for (const S of samples)
      it(`S = ${S}: its mean is the enumerated gradient, its variance is its formula's`, () => {
        const plain = new PlainNet(netCase.net, netCase.objective, S);
        const found = lab.enumerateMultisets("local-expectation", S);
        requireMean(found, plain.exact());
        requireVariance(found, localExpectation(plain).variance, 1);
      });
  });
}

function averageOf(mean: number): EstimatorState {
  const average = new MovingMoments(0.8);
  average.add(Float32Array.of(mean));
  return { average: average.state() };
}

function requireMean(found: ReadonlyMap<string, EstimatorMoments>, exact: PlainGradient): void {
  const distance = relativeDistance(found, exact);
  assert.ok(distance < 1e-5, `relative distance ${distance}`);
}

/** Parameter by parameter, so that a wrongly credited cost cannot hide behind a larger tensor. */
function requireVariance(found: ReadonlyMap<string, EstimatorMoments>, formula: PlainGradient, S: number): void {
  for (const [name, values] of formula)
    values.forEach((variance, i) => {
      const expected = variance / S;
      const difference = Math.abs(found.get(name)!.variance[i]! - expected);
      assert.ok(
        difference < 1e-4 * expected + 1e-7,
        `${name}[${i}]: ${found.get(name)!.variance[i]}, by hand ${expected}`,
      );
    });
}
