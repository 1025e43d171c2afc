import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { applicable } from "../../core/estimators/estimatorSpec";
import { estimators } from "../../core/estimators/registry";
import { startTestBackend } from "../support/testBackend";
import { type Lab, relativeDistance } from "./support/lab";
import { labOf } from "./support/labOf";
import { netCases } from "./support/nets";
import { plainEstimators } from "./support/plainEstimators";
import { type PlainGradient, PlainNet } from "./support/plainNet";

before(startTestBackend);

const variants = ["vimco(mean=arithmetic)", "local-expectation(descendants=redraw)"];

for (const { name, net, objective, samples } of netCases) {
  describe(`${name}, against a second implementation in float64`, () => {
    const plain = new PlainNet(net, objective, samples);
    const exact = plain.exact();
    let lab: Lab;
    before(() => void (lab = labOf({ name, net, objective, samples })));
    after(() => lab.dispose());

    it("the engine's exact gradient is the enumerated one", () => {
      const distance = relativeDistance(new Map([...lab.exact()].map(([key, mean]) => [key, { mean }])), exact);
      assert.ok(distance < 1e-5, `relative distance ${distance}`);
    });

    for (const text of [
      ...estimators.filter(({ unbiased }) => unbiased !== "never").map(({ id }) => id),
      ...variants,
    ]) {
      const estimator = estimators.find(({ id }) => id === text.split("(")[0])!;
      it(`${text} has the enumerated mean`, (context) => {
        const served = [...lab.structure.distributions.values()].every(({ id }) =>
          applicable(id, objective).includes(estimator),
        );
        if (!served || lab.hasOwnNoise(text)) {
          context.diagnostic(served ? "has noise of its own" : "does not serve this model");
          return;
        }
        const own = lab.samples(text) === samples ? exact : new PlainNet(net, objective, lab.samples(text)).exact();
        const distance = relativeDistance(lab.enumerate(text), own);
        assert.ok(distance < 1e-5, `relative distance ${distance}`);
      });
    }

    for (const [text, formula] of Object.entries(plainEstimators)) {
      it(`${text} has the variance of its formula`, (context) => {
        const estimator = estimators.find(({ id }) => id === text.split("(")[0])!;
        const served = [...lab.structure.distributions.values()].every(({ id }) =>
          applicable(id, objective).includes(estimator),
        );
        const S = served ? lab.samples(text) : 0;
        if (!served || (text === "vimco" && S < 2)) {
          context.diagnostic("does not serve this model");
          return;
        }
        const byHand = formula(S === samples ? plain : new PlainNet(net, objective, S));
        const found = lab.enumerate(text);
        for (const [key, variance] of byHand.variance) {
          const expected = total(variance);
          const difference = Math.abs(total(found.get(key)!.variance) - expected);
          assert.ok(
            difference < 1e-4 * expected + 1e-7,
            `${key}: ${total(found.get(key)!.variance)}, by hand ${expected}`,
          );
        }
        requireSame(byHand.mean, S === samples ? exact : byHand.mean);
      });
    }
  });
}

/** The formula itself is unbiased; central differences leave about 1e-8. */
function requireSame(a: PlainGradient, b: PlainGradient): void {
  for (const [key, values] of a)
    values.forEach((value, i) => assert.ok(Math.abs(value - b.get(key)![i]!) < 1e-6, `${key}[${i}]: ${value}`));
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
