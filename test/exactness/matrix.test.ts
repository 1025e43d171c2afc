import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { tf } from "../../core/backends/tf";
import { applicable } from "../../core/estimators/estimatorSpec";
import { estimators } from "../../core/estimators/registry";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { knownBias } from "./support/knownBias";
import { Lab, relativeDistance, totalVariance, type Values } from "./support/lab";

/** Estimators with options that change the formula, beside every id of the registry. */
const variants = [
  "half(expansion=mean)",
  "half(expansion=1/2)",
  "vimco(mean=arithmetic)",
  "local-expectation(descendants=redraw)",
];

before(startTestBackend);

for (const testCase of cases) {
  describe(testCase.name, () => {
    let lab: Lab;
    let exact: Values;
    before(() => {
      lab = new Lab(testCase);
      exact = lab.exact();
    });
    after(() => lab.dispose());

    for (const text of [...estimators.map(({ id }) => id), ...variants]) {
      const estimator = estimators.find(({ id }) => id === text.split("(")[0])!;
      if (
        estimator.distributions !== "all" &&
        !estimator.distributions.some((id) => id === "bernoulli" || id === "categorical")
      )
        continue;
      const never = estimator.unbiased === "never";

      it(`${text} ${never ? "misses the enumerated gradient by its known amount" : "equals the enumerated gradient"}`, (context) => {
        const served = [...lab.structure.distributions.values()].every(({ id }) =>
          applicable(id, testCase.objective).includes(estimator),
        );
        if (!served) {
          assert.throws(() => lab.specs(text), { code: "GL1316" });
          return;
        }
        if (lab.hasOwnNoise(text)) {
          assert.throws(() => lab.enumerate(text), { code: "GL1402" });
          context.diagnostic("has noise of its own; see ownNoise.test.ts");
          return;
        }
        const tensors = tf.memory().numTensors;
        const moments = lab.enumerate(text);
        assert.equal(tf.memory().numTensors, tensors);
        const distance = relativeDistance(moments, exact);
        if (!never) {
          assert.ok(distance < 1e-5, `relative distance ${distance}`);
          return;
        }
        const known = knownBias[testCase.name]?.[text];
        assert.ok(known !== undefined, `record the bias ${distance.toPrecision(5)}`);
        assert.ok(Math.abs(distance - known) <= 1e-4 * known, `bias ${distance}, known ${known}`);
        assert.ok(known > 1e-3);
      });
    }

    it("a control variate that the cost justifies lowers the variance: muprop-rollout ≤ muprop ≤ lr", () => {
      const [lr, muprop, rollout] = ["lr", "muprop", "muprop-rollout"].map((id) => totalVariance(lab.enumerate(id)));
      assert.ok(muprop! < lr! && rollout! <= muprop! * (1 + 1e-6), `${lr} ${muprop} ${rollout}`);
    });
  });
}
