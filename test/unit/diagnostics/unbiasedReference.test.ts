import assert from "node:assert/strict";
import { before, test } from "node:test";
import { useBackend } from "../../../core/backends/registry";
import { type UnbiasedReference, unbiasedReference } from "../../../core/diagnostics/unbiasedReference";
import { chooseEstimators, parseEstimatorChoice } from "../../../core/estimators/estimatorSpec";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse } from "../../../core/graph/structure";
import { bernoulli, cost, defineModel, dirac, gamma, normal, parameter, sample, tf } from "../../../core/index";

before(() => useBackend("cpu"));

/** What `estimator` is compared with when it trains a program. */
function reference(
  estimator: string,
  program: (theta: tf.Tensor) => tf.Tensor,
  flips = false,
): UnbiasedReference | null {
  const definition = defineModel("one-cost", () => {
    const theta = parameter("theta", [0.3, -0.2]);
    return { program: () => void cost("f", tf.sum(program(theta), -1)) };
  });
  const instance = new ModelInstance(definition, 0);
  try {
    const structure = analyse(instance, {});
    const specs = chooseEstimators(
      structure.distributions,
      structure.asked,
      parseEstimatorChoice(estimator),
      null,
      "expected-cost",
    );
    return unbiasedReference(structure, specs, "expected-cost", { flips });
  } finally {
    instance.dispose();
  }
}

const z = (theta: tf.Tensor): tf.Tensor => sample("z", normal({ mean: theta, std: tf.exp(theta) }));
const bits = (theta: tf.Tensor): tf.Tensor => sample("b", bernoulli({ logits: theta }));

test("estimators at continuous nodes are compared with a pathwise one, and the note names its condition", () => {
  const found = reference("lr", (theta) => tf.relu(z(theta)));
  assert.equal(found?.text, "z=pathwise");
  assert.match(found!.notes.join(), /as long as the cost is continuous.*pathwise at node "z"$/);
});

test("gamma nodes are compared with implicit-pathwise", () => {
  const rate = (theta: tf.Tensor): tf.Tensor => sample("g", gamma({ concentration: tf.exp(theta), rate: 1 }));
  assert.equal(reference("measure-valued", rate)?.text, "g=implicit-pathwise");
});

test("an estimator that differentiates the cost, too, shares the reference's condition", () => {
  assert.match(reference("gsb", (theta) => tf.square(z(theta)))!.notes.join(), /shares gsb's condition/);
});

test("pathwise is compared with another family", () => {
  assert.deepEqual(
    reference("pathwise", (theta) => tf.square(z(theta))),
    { text: "z=muprop", notes: [] },
  );
});

test("a cost that jumps is compared with an estimator that sees jumps, and the note says why", () => {
  const found = reference("lr", (theta) => tf.step(z(theta)));
  assert.equal(found?.text, "z=muprop");
  assert.match(found!.notes.join(), /goes through Step/);
});

test("operations that jump without a name for it are seen, too: estimators that are blind to jumps are not compared with each other", () => {
  const jumps: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor])[] = [
    ["Mod", (x) => tf.mod(x, 1)],
    ["Cast", (x) => tf.cast(tf.cast(x, "int32"), "float32")],
    ["Tan", (x) => tf.tan(x)],
    ["Atan2", (x) => tf.atan2(x, tf.sub(x, 1))],
  ];
  for (const [operation, f] of jumps) {
    const found = reference("gsb", (theta) => f(z(theta)));
    assert.equal(found?.text, "z=muprop", operation);
    assert.match(found!.notes.join(), new RegExp(`goes through ${operation}`));
  }
  assert.equal(reference("gsb", (theta) => tf.cast(z(theta), "float32"))?.text, "z=pathwise", "a cast to what it is");
});

test("nodes of several kinds each have a reference of their own", () => {
  const found = reference("b=half,z=lr", (theta) => tf.mul(z(theta), bits(theta)));
  assert.equal(found?.text, "z=pathwise,b=muprop");
});

test("bits are compared with estimators that are unbiased for every cost", () => {
  assert.deepEqual(reference("muprop-c", bits), { text: "b=lr", notes: [] });
});

test("bits that nothing is drawn from are compared with every state summed, but not their own family, nor lr, whose noise hides it", () => {
  for (const id of ["straight-through", "rebar", "muprop-c", "muprop-rollout"])
    assert.equal(reference(id, bits, true)?.text, "b=local-expectation", id);
  assert.equal(reference("local-expectation", bits, true)?.text, "b=muprop");
  assert.equal(reference("measure-valued", bits, true)?.text, "b=muprop");
  assert.equal(reference("lr-c-vn", bits, true)?.text, "b=muprop");
  const layers = (theta: tf.Tensor): tf.Tensor => sample("c", bernoulli({ logits: bits(theta) }));
  assert.equal(reference("half", layers, true)?.text, "b=muprop,c=local-expectation");
});

test("muprop-rollout, which is muprop where nothing is drawn from a node, is not compared with it", () => {
  assert.equal(reference("muprop-rollout", bits)?.text, "b=lr");
});

test("a Dirac node, which has no score, is its own reference where nothing jumps, and has none where something does", () => {
  const point = (theta: tf.Tensor): tf.Tensor => sample("d", dirac({ value: theta }));
  assert.equal(reference("gsb", point)?.text, "d=pathwise");
  assert.equal(
    reference("gsb", (theta) => tf.step(point(theta))),
    null,
  );
});
