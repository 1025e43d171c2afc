import assert from "node:assert/strict";
import { test } from "node:test";
import { flow, mixture, normal, observe, planar, sample } from "gradlens";
import { tf } from "../../core/backends/tf";
import { ModelInstance } from "../../core/graph/instance";
import { analyse } from "../../core/graph/structure";
import { defineModel, type ModelFunctions } from "../../core/model/defineModel";
import { refuseForm } from "../../core/objectives/refuseForm";
import { objective } from "../../core/objectives/registry";
import { gradientsAndLosses, momentsOf, type Parameters, rowGradients, type Tensors } from "./continuousRows";
import { cases } from "./support/cases";
import { Lab, relativeDistance } from "./support/lab";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

leavesNoTensors(startTestBackend);

const forms = ["joint", "entropy", "kl"] as const;
const pathwises = ["pathwise", "sticking-the-landing", "dreg"];

for (const testCase of cases.filter((candidate) => candidate.objective === "elbo")) {
  test(`over all states the mean of every unbiased estimator is the same with the entropy in closed form: ${testCase.name}`, () => {
    const [plain, closed] = [new Lab(testCase), new Lab({ ...testCase, objective: "elbo(form=entropy)" })];
    const exact = plain.exact();
    for (const id of ["lr", "muprop", "muprop-rollout", "local-expectation", "enumeration", "leave-one-out"]) {
      const distance = relativeDistance(closed.enumerate(id), exact);
      assert.ok(distance < 1e-5, `${id}: ${distance}`);
    }
    plain.dispose();
    closed.dispose();
  });
}

// h ~ N(0, 1), x | h ~ N(h, 0.8²), q(h) = N(m, s²).

const x = 1.3;
const a = 1 / 0.8 ** 2;
const posterior = { mean: (a * x) / (1 + a), std: Math.sqrt(1 / (1 + a)) };

const gaussian = (own: Tensors): ModelFunctions => ({
  guide: () => void sample("h", normal({ mean: own.mean!, std: own.std! })),
  model: () => {
    const h = sample("h", normal({ mean: [0], std: [1] }));
    observe("x", normal({ mean: h, std: [0.8] }), tf.tensor1d([x]));
  },
});

const count = 201;
const epsilon = Array.from({ length: count }, (_, i) => -7 + (14 * i) / (count - 1));
const weights = Float64Array.from(epsilon, (e) => (Math.exp(-0.5 * e * e) * 14) / (count - 1) / Math.sqrt(2 * Math.PI));

function rowsOf(estimator: string, form: string, m: number, s: number): ReturnType<typeof gradientsAndLosses> {
  return gradientsAndLosses(estimator, { mean: [m], std: [s] }, gaussian, {
    numRows: count,
    values: { h: Float32Array.from(epsilon, (e) => m + s * e) },
    objective: `elbo(form=${form})`,
  });
}

/** Variances of the pathwise gradient's two elements, by hand: the ELBO is quadratic in z = m + s ε. */
function variances(form: string, estimator: string, m: number, s: number): { mean: number; std: number } {
  const slope = form === "kl" ? a * (m - x) : (1 + a) * m - a * x; // of the terms that are drawn, at m
  const curve = form === "kl" ? a : estimator === "pathwise" || form === "entropy" ? 1 + a : 1 + a - 1 / s ** 2;
  return { mean: (curve * s) ** 2, std: slope ** 2 + 2 * (curve * s) ** 2 };
}

for (const [m, s] of [
  [0.5, 0.9],
  [-0.3, 0.4],
  [posterior.mean, posterior.std],
] as const) {
  test(`at N(${m.toPrecision(3)}, ${s.toPrecision(3)}²) value and mean gradient of all forms are exact, and each has the variance known for Gaussians`, () => {
    const loss =
      0.5 * (m * m + s * s - 1) - Math.log(s) + 0.5 * Math.log(2 * Math.PI * 0.64) + 0.5 * a * ((x - m) ** 2 + s * s);
    const exact = { mean: (1 + a) * m - a * x, std: (1 + a) * s - 1 / s };
    for (const form of forms) {
      for (const estimator of ["lr", ...pathwises]) {
        const { gradients, losses } = rowsOf(estimator, form, m, s);
        const about = `${form}, ${estimator}`;
        assert.ok(Math.abs(momentsOf(losses, 1, 0, weights).mean - loss) < 1e-5, `${about}: value`);
        for (const name of ["mean", "std"] as const) {
          const moments = momentsOf(gradients[name]!, 1, 0, weights);
          assert.ok(Math.abs(moments.mean - exact[name]) < 2e-5, `${about}, ${name}: ${moments.mean}, ${exact[name]}`);
          if (estimator === "lr") continue;
          const expected = variances(form, estimator, m, s)[name];
          assert.ok(Math.abs(moments.variance - expected) < 1e-4 * (1 + expected), `${about}: ${moments.variance}`);
        }
      }
    }
  });
}

test("at the posterior the joint form alone has no variance, of value and path derivative; the closed forms have", () => {
  const { mean, std } = posterior;
  for (const form of forms) {
    const { gradients, losses } = rowsOf("sticking-the-landing", form, mean, std);
    const found = [losses, gradients.mean!, gradients.std!].map((row) => momentsOf(row, 1, 0, weights).variance);
    assert.ok(
      found.every((variance) => (form === "joint" ? variance < 1e-9 : variance > 0.1)),
      `${form}: ${found.join(", ")}`,
    );
  }
});

test("with a closed form there is no score left to drop: path and total derivative are one, and so is the joint total of a Gaussian", () => {
  for (const form of ["entropy", "kl"]) {
    const [total, path, doubly] = pathwises.map((estimator) => rowsOf(estimator, form, 0.5, 0.9).gradients);
    assert.deepEqual(path, total, form);
    assert.deepEqual(doubly, total, form);
  }
  // log q(m + s ε) = −ε²/2 − log s + const: its total derivative is that of the entropy, draw by draw.
  const [joint, closed] = ["joint", "entropy"].map((form) => rowsOf("pathwise", form, 0.5, 0.9).gradients);
  for (const name of ["mean", "std"])
    joint![name]!.forEach((g, i) => assert.ok(Math.abs(g - closed![name]![i]!) < 1e-5 * (1 + Math.abs(g)), name));
});

/** z₁ given x, then z₂ given z₁; the model draws z₂ first. */
const bottomUp = (own: Tensors): ModelFunctions => ({
  guide: () => {
    const z1 = sample("z1", normal({ mean: own.mean1!, std: own.std1! }));
    sample("z2", normal({ mean: tf.mul(z1, own.slope!), std: tf.add(own.std2!, tf.mul(0.1, tf.square(z1))) }));
  },
  model: () => {
    const z2 = sample("z2", normal({ mean: [0], std: [1] }));
    const z1 = sample("z1", normal({ mean: tf.sin(z2), std: [1] }));
    observe("x", normal({ mean: z1, std: [0.8] }), tf.tensor1d([x]));
  },
});

test("through two layers, too, the entropy form has the joint form's mean, for scores and paths (1e-5, by quadrature)", () => {
  const p: Parameters = { mean1: [0.4], std1: [0.7], slope: [0.5], std2: [0.8] };
  const side = epsilon.filter((_, i) => i % 2 === 0);
  const w = side.map((e) => (Math.exp(-0.5 * e * e) * 14) / (side.length - 1) / Math.sqrt(2 * Math.PI));
  const pairs = side.flatMap((e1, i) => side.map((e2, j) => ({ e1, e2, weight: w[i]! * w[j]! })));
  const z1 = pairs.map(({ e1 }) => p.mean1![0]! + p.std1![0]! * e1);
  const z2 = pairs.map(({ e2 }, i) => p.slope![0]! * z1[i]! + (p.std2![0]! + 0.1 * z1[i]! ** 2) * e2);
  const values = { z1: Float32Array.from(z1), z2: Float32Array.from(z2) };
  const weight = Float64Array.from(pairs, (pair) => pair.weight);
  const meansOf = (estimator: string, form: string): Record<string, number> => {
    const options = { numRows: pairs.length, values, objective: `elbo(form=${form})` };
    const rows = rowGradients(estimator, p, bottomUp, options);
    return Object.fromEntries(Object.keys(p).map((name) => [name, momentsOf(rows[name]!, 1, 0, weight).mean]));
  };
  const expected = meansOf("pathwise", "joint");
  for (const estimator of ["lr", "pathwise", "sticking-the-landing", "dreg"])
    for (const form of ["joint", "entropy"])
      for (const [name, value] of Object.entries(meansOf(estimator, form)))
        assert.ok(
          Math.abs(value - expected[name]!) < 2e-5 * (1 + Math.abs(value)),
          `${estimator}, ${form}, ${name}: ${value}`,
        );
});

test("a form without its closed form is refused with the node and why, and so are forms that do not exist", () => {
  const refusal = (build: () => ModelFunctions, text: string): string => {
    const instance = new ModelInstance(defineModel("refused", build), 0);
    try {
      refuseForm(objective(text), analyse(instance, {}), true);
      return "";
    } catch (error) {
      return (error as Error).message;
    } finally {
      instance.dispose();
    }
  };
  const model = (): void => void sample("h", normal({ mean: [0], std: [1] }));
  const guides = {
    mixture: () => mixture({ logits: [0, 0], components: normal({ mean: [0, 1], std: [1, 1] }) }),
    flow: () => flow({ base: normal({ mean: [0], std: [1] }), layers: [planar({ u: [1], w: [1], b: [0] })] }),
  };
  for (const [id, make] of Object.entries(guides)) {
    const build = (): ModelFunctions => ({ guide: () => void sample("h", make()), model });
    assert.match(
      refusal(build, "elbo(form=entropy)"),
      new RegExp(`at node "h" the entropy of ${id} has none; use form=joint$`),
    );
    assert.match(
      refusal(build, "elbo(form=kl)"),
      new RegExp(`"h" the divergence of ${id} from normal has none; use form=joint$`),
    );
    assert.equal(refusal(build, "elbo(form=joint)"), "");
    assert.equal(refusal(build, "elbo"), "");
  }
  const constants = (): Tensors =>
    Object.fromEntries(["mean1", "std1", "slope", "std2"].map((name) => [name, tf.tensor1d([0.5])]));
  assert.match(
    refusal(
      () => ({ guide: () => bottomUpOf(constants()).guide(), model: () => bottomUpOf(constants()).model() }),
      "elbo(form=kl)",
    ),
    /at node "z1" the prior depends on "z2", which is drawn after it; use form=entropy or form=joint$/,
  );
  for (const [text, expected] of [
    ["iwae(form=kl)", /objective iwae has no option "form"; it has none/],
    ["elbo(shape=kl)", /objective elbo has no option "shape"; it has form/],
    ["elbo(form=closed)", /option form of elbo needs one of joint, entropy, kl, got closed/],
    ["elbow", /objective "elbow" does not exist \(did you mean elbo\?\); choose one of expected-cost, elbo/],
  ] as const)
    assert.throws(() => objective(text), expected);
});

function bottomUpOf(own: Tensors): { guide: () => void; model: () => void } {
  return bottomUp(own) as { guide: () => void; model: () => void };
}
