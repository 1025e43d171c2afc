import assert from "node:assert/strict";
import { before, test } from "node:test";
import { bernoulli, defineModel, dense, normal, observe, parameter, sample, type tf as language } from "gradlens";
import { tf } from "../../core/backends/tf";
import type { ModelDefinition } from "../../core/model/defineModel";
import { startTestBackend } from "../support/testBackend";
import { type Case, cases } from "./support/cases";
import { Lab, relativeDistance, totalVariance } from "./support/lab";

before(startTestBackend);

interface Inputs {
  readonly x: language.Tensor;
}

/** Two layers whose priors do not look at what the guide draws later: both divergences have a closed form. */
const topDown = defineModel("top-down", () => {
  const encode = dense("encode", 2, 2, {
    weight: [
      [1.1, -0.6],
      [-0.4, 1.3],
    ],
    bias: [0.3, -0.5],
  });
  const encodeLow = dense("encode-low", 2, 1, { weight: [[1.4], [-0.9]], bias: [-0.3] });
  const decodeLow = dense("decode-low", 2, 1, { weight: [[0.8], [-1.1]], bias: [0.2] });
  const decode = dense("decode", 1, 2, { weight: [[1.6, -1.2]], bias: [0.1, -0.6] });
  const prior = parameter("prior", [0.4, -0.7]);
  return {
    guide({ x }: Inputs) {
      const top = sample("top", bernoulli({ logits: encode(x) }));
      sample("low", bernoulli({ logits: encodeLow(top) }));
    },
    model({ x }: Inputs) {
      const top = sample("top", bernoulli({ logits: prior }));
      const low = sample("low", bernoulli({ logits: decodeLow(top) }));
      observe("x", bernoulli({ logits: decode(low) }), x);
    },
  };
});

const inputs = [
  [1, 0],
  [1, 1],
];
const elbos: readonly Case[] = [
  ...cases.filter(({ objective }) => objective === "elbo"),
  { name: "a top-down ELBO", definition: topDown, objective: "elbo", samples: 1, batchSize: 2, inputs },
];
const analytic = (testCase: Case): Case => ({
  ...testCase,
  definition: { ...testCase.definition, options: { ...testCase.definition.options, analyticKl: true } },
});
const discrete = ["lr", "muprop", "muprop-rollout", "local-expectation", "enumeration", "leave-one-out"];

for (const testCase of elbos) {
  test(`the divergence in closed form leaves the mean of every unbiased estimator where it was: ${testCase.name}`, () => {
    const [plain, closed] = [new Lab(testCase), new Lab(analytic(testCase))];
    const exact = plain.exact();
    const tensors = tf.memory().numTensors;
    const distances = discrete.map((id) => [id, relativeDistance(closed.enumerate(id), exact)] as const);
    for (const [id, distance] of distances) assert.ok(distance < 1e-5, `${id}: ${distance}`);
    const own = closed.exact();
    assert.ok(relativeDistance(new Map([...own].map(([name, mean]) => [name, { mean }])), exact) < 1e-5);
    assert.equal(tf.memory().numTensors, tensors);
    const [before, after] = [plain, closed].map((lab) => totalVariance(lab.enumerate("muprop")));
    assert.ok(after! < before!, `muprop's variance ${before} became ${after}`);
    plain.dispose();
    closed.dispose();
  });
}

test("only nodes whose prior is known before they are drawn get the closed form", () => {
  const nodes = (testCase: Case): readonly string[] => {
    const lab = new Lab(analytic(testCase));
    const found = [...lab.structure.analyticKl];
    lab.dispose();
    return found;
  };
  assert.deepEqual(
    elbos.map((testCase) => nodes(testCase)),
    [["h2"], ["h"], ["top", "low"]],
  );
  const lab = new Lab(elbos[0]!);
  assert.equal(lab.structure.analyticKl.size, 0);
  lab.dispose();
});

test("gaussian nodes keep their mean with the divergence in closed form, pathwise and by scores, and lose variance", () => {
  const definition: ModelDefinition = defineModel("gaussian", () => {
    const encode = dense("encode", 2, 1, { weight: [[0.7], [-0.4]], bias: [0.2] });
    const std = parameter("std", [0.6]);
    const centre = parameter("centre", [0.3]);
    const decode = dense("decode", 1, 2, { weight: [[1.1, -0.8]], bias: [0.1, 0.4] });
    return {
      guide({ x }: Inputs) {
        sample("z", normal({ mean: encode(x), std }));
      },
      model({ x }: Inputs) {
        const z = sample("z", normal({ mean: centre, std: 1 }));
        observe("x", bernoulli({ logits: decode(z) }), x);
      },
    };
  });
  const testCase = { name: "gaussian", definition, objective: "elbo", samples: 1, batchSize: 2, inputs };
  const [plain, closed] = [new Lab(testCase), new Lab(analytic(testCase))];
  // 16 384 draws each; 5 standard errors for each of 9 numbers: false alarm 5e-6.
  for (const text of ["pathwise", "lr", "gsb"]) {
    const [before, after] = [plain, closed].map((lab) => lab.draw(text, 16_384));
    for (const [name, { mean, standardError }] of after!) {
      const other = before!.get(name)!;
      mean.forEach((value, i) => {
        const error = Math.hypot(standardError[i]!, other.standardError[i]!) + 1e-6;
        assert.ok(Math.abs(value - other.mean[i]!) < 5 * error, `${text} ${name}[${i}]: ${value}, ${other.mean[i]}`);
      });
    }
    if (text === "pathwise") assert.ok(totalVariance(after!) < totalVariance(before!));
  }
  plain.dispose();
  closed.dispose();
});
