import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { startTestBackend } from "../support/testBackend";
import { labOf } from "./support/labOf";
import { manySamples, type NetCase, netCases } from "./support/nets";
import { PlainNet } from "./support/plainNet";

before(startTestBackend);

/** Estimators that draw noise of their own, alone or each at the nodes that it serves; one sampled check each. */
const sampled: readonly (readonly [NetCase, readonly string[]])[] = [
  [
    netCases.find(({ name }) => name.includes("two outputs, m = 2"))!,
    ["a=arm,b=disarm,c=rebar,d=arm", "measure-valued"],
  ],
  [manySamples, ["vimco", "arm"]],
];

/**
 * Elements are compared one by one at 5.2 standard errors of 2048 draws: for about 70 comparisons a false-alarm rate of 70 × 2e-7 =
 * 1.4e-5. A bias of the whole gradient of 20 % is detected: 5.2 standard errors are less.
 */
const THRESHOLD = 5.2;
const DETECTABLE = 0.2;

for (const [netCase, texts] of sampled) {
  describe(`${netCase.name}, sampled against a second implementation in float64`, () => {
    const exact = new PlainNet(netCase.net, netCase.objective, netCase.samples).exact();
    for (const text of texts) {
      it(`${text}: the mean of its draws is the enumerated gradient`, () => {
        const lab = labOf(netCase);
        const drawn = lab.draw(text, 2048);
        let [errors, norm] = [0, 0];
        for (const [key, gradient] of exact) {
          const { mean, standardError } = drawn.get(key)!;
          gradient.forEach((value, i) => {
            const error = Math.max(standardError[i]!, 1e-6);
            assert.ok(
              Math.abs(mean[i]! - value) < THRESHOLD * error,
              `${key}[${i}]: ${mean[i]} ± ${error}, exactly ${value}`,
            );
            errors += error ** 2;
            norm += value ** 2;
          });
        }
        const effect = THRESHOLD * Math.sqrt(errors / norm);
        assert.ok(effect < DETECTABLE, `detectable effect ${effect}`);
        lab.dispose();
      });
    }
  });
}
