import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { backends, useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";
import { dirac } from "../../core/distributions/dirac";
import { dirichlet } from "../../core/distributions/dirichlet";
import { affineCoupling } from "../../core/distributions/flows/affineCoupling";
import { flow } from "../../core/distributions/flows/flow";
import { planar } from "../../core/distributions/flows/planar";
import { normal } from "../../core/distributions/normal";
import { distributions } from "../../core/distributions/registry";
import { applicable } from "../../core/estimators/estimatorSpec";
import { estimators } from "../../core/estimators/registry";
import { GradlensError } from "../../core/errors";
import type { ModelFunctions } from "../../core/model/defineModel";
import { observe } from "../../core/model/observe";
import { sample } from "../../core/model/sample";
import { families, type Family } from "./continuousFamilies";
import { costRows, type Parameters, rowGradients, type Tensors } from "./continuousRows";
import { testBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { Lab, type Values } from "./support/lab";

/** Cases that between them have layers, a DAG, both discrete distributions, data, several samples. */
const discrete = cases.filter(({ name }) =>
  ["two layers", "a DAG with costs at several nodes", "a categorical ELBO", "a two-layer IWAE, K = 2"].includes(name),
);

/** One unit of each continuous distribution, and those whose units hang together. */
const continuous: readonly Pick<Family, "id" | "parameters" | "make">[] = [
  ...families,
  {
    id: "dirichlet",
    parameters: { concentration: [1.4, 0.7, 2.1] },
    make: (p) => dirichlet({ concentration: p.concentration! }),
  },
  {
    id: "normal",
    parameters: { mean: [0.4, -0.2], scaleTril: [0.7, 0, 0.3, 0.5] },
    make: (p) =>
      normal({ mean: p.mean!, scaleTril: tf.reshape(p.scaleTril!, [...p.scaleTril!.shape.slice(0, -1), 2, 2]) }),
  },
  { id: "dirac", parameters: { value: [0.7, -1.2] }, make: (p) => dirac({ value: p.value! }) },
  {
    id: "flow",
    parameters: { mean: [0.4, -0.1], std: [0.9, 0.6], u: [1.2, -0.5], w: [0.7, 0.4], b: [-0.3] },
    make: (p) =>
      flow({
        base: normal({ mean: p.mean!, std: p.std! }),
        layers: [
          planar({ u: p.u!, w: p.w!, b: p.b! }),
          affineCoupling({
            keep: "first",
            conditioner: (kept) => ({ shift: tf.tanh(kept), logScale: tf.mul(kept, 0.3) }),
          }),
        ],
      }),
  },
];

const numRows = 12;
/** Of the whole gradient's length: float32 keeps seven digits, and a gradient of a few dozen operations loses some. */
const TOLERANCE = 2e-5;

/** One gradient of everything, by what it is of. */
function gradients(): Map<string, Values> {
  const found = new Map<string, Values>();
  for (const testCase of discrete) {
    const lab = new Lab(testCase);
    for (const { id } of estimators) {
      const served = [...lab.structure.distributions.values()].every((distribution) =>
        applicable(distribution.id, testCase.objective).some((estimator) => estimator.id === id),
      );
      if (served) found.set(`${id} on ${testCase.name}`, lab.once(id, 11));
    }
    lab.dispose();
  }
  continuous.forEach((family, index) => {
    for (const [objective, rowsOf] of Object.entries(objectives)) {
      if (objective !== "expected-cost" && family.id === "dirac") continue; // no density, no bound
      for (const { id } of applicable(family.id, objective)) {
        try {
          const rows = rowsOf(id, family);
          found.set(`${id} of ${family.id} ${index} under ${objective}`, new Map(Object.entries(rows)));
        } catch (error) {
          if (!(error instanceof GradlensError)) throw error; // else it does not serve this form of the distribution
        }
      }
    }
  });
  return found;
}

const objectives: Readonly<
  Record<string, (id: string, family: (typeof continuous)[number]) => Record<string, Float64Array>>
> = {
  "expected-cost": (id, { make, parameters }) =>
    costRows(id, make, parameters, (z) => tf.sin(tf.mul(z, 1.7)), { numRows, seed: 5 }),
  elbo: (id, family) => rowGradients(id, family.parameters, bound(family), { numRows, objective: "elbo", seed: 5 }),
  iwae: (id, family) =>
    rowGradients(id, family.parameters, bound(family), { numRows, numSamples: 2, objective: "iwae", seed: 5 }),
};

/** h ~ the family at its first parameters, x | h ~ N(Σ sin h, 0.8²). */
function bound({ make, parameters }: (typeof continuous)[number]): (own: Tensors) => ModelFunctions {
  return (own) => ({
    guide: () => void sample("h", make(own)),
    model: () => {
      const prior = Object.entries(parameters as Parameters).map(([name, values]) => [name, tf.tensor1d([...values])]);
      const h = sample("h", make(Object.fromEntries(prior) as Tensors));
      observe("x", normal({ mean: tf.sum(tf.sin(h), -1, true), std: [0.8] }), tf.tensor1d([1.3]));
    },
  });
}

function distanceOf(a: Values, b: Values): number {
  let [distance, norm] = [0, 0];
  for (const [name, values] of a) {
    values.forEach((value, element) => {
      distance += (value - b.get(name)![element]!) ** 2;
      norm += value ** 2;
    });
  }
  return distance === 0 ? 0 : Math.sqrt(distance / norm);
}

describe("the same seed gives the same gradient", () => {
  let reference: Map<string, Values>;
  before(async () => {
    await useBackend("cpu");
    reference = gradients();
  });
  after(() => useBackend("cpu"));

  it("covers every estimator and every distribution of the registries", () => {
    const names = [...reference.keys()];
    for (const { id } of estimators)
      assert.ok(
        names.some((name) => name.startsWith(`${id} o`)),
        id,
      );
    for (const { id } of distributions.filter((distribution) => !distribution.discrete))
      assert.ok(
        names.some((name) => name.includes(` of ${id} `)),
        id,
      );
  });

  const others = backends.filter(({ id }) => (testBackend === "cpu" ? id !== "cpu" : id === testBackend));
  for (const { id } of others) {
    it(`on ${id} as in plain JavaScript`, async (context) => {
      try {
        await useBackend(id);
      } catch (error) {
        context.skip((error as Error).message);
        return;
      }
      if (id === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
      const tensors = tf.memory().numTensors;
      const found = gradients();
      assert.equal(tf.memory().numTensors, tensors);
      assert.deepEqual([...found.keys()], [...reference.keys()]);
      const wrong = [...reference].flatMap(([name, values]) => {
        const distance = distanceOf(values, found.get(name)!);
        return distance <= TOLERANCE ? [] : [`${name}: ${distance}`];
      });
      assert.deepEqual(wrong, []);
      context.diagnostic(`${found.size} gradients`);
    });
  }
});
