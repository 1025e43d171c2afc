import assert from "node:assert/strict";
import { before, it } from "node:test";
import { estimators } from "../../core/estimators/registry";
import { applicable } from "../../core/estimators/estimatorSpec";
import { startTestBackend } from "../support/testBackend";
import { labOf } from "./support/labOf";
import { type NetCase, netCases } from "./support/nets";
import { PlainNet } from "./support/plainNet";

before(startTestBackend);

/** Nodes of bits alone, with what stands at the upper and at the lower ones. */
const graphs: readonly {
  readonly netCase: NetCase;
  readonly upper: readonly string[];
  readonly lower: readonly string[];
}[] = [
  { netCase: find("costs at different nodes"), upper: ["a"], lower: ["b", "c"] },
  { netCase: find("bottom-up ELBO, divergence"), upper: ["a"], lower: ["b", "c"] },
  { netCase: find("K = 2"), upper: ["a"], lower: ["b", "c"] },
  { netCase: find("two outputs, m = 2"), upper: ["a", "b"], lower: ["c", "d"] },
];

/**
 * Estimators whose mean is the gradient of their node's parameters, and those that miss it while values stay exact draws. Forms with a
 * baseline are their plain one until it has learned; `mixedPairs.test.ts` runs them, too.
 */
const unbiased = estimators
  .filter(({ id, unbiased: kind }) => kind !== "never" && !/^(lr|muprop)-c/.test(id))
  .map(({ id }) => id);
const biased = ["straight-through", "half", "darn"];

for (const { netCase, upper, lower } of graphs) {
  it(`any two unbiased estimators, one above the other, give the enumerated gradient; a biased one spoils its own nodes alone: ${netCase.name}`, () => {
    const { net, objective, samples } = netCase;
    const lab = labOf(netCase);
    const exact = new Map([[samples, new PlainNet(net, objective, samples).exact()]]);
    const serves = (id: string): boolean =>
      [...lab.structure.distributions.values()].every((distribution) =>
        applicable(distribution.id, objective).some((estimator) => estimator.id === id),
      );
    let checked = 0;
    for (const above of [...unbiased, ...biased].filter(serves))
      for (const below of [...unbiased, ...biased].filter(serves)) {
        if (above === below || (biased.includes(above) && biased.includes(below))) continue;
        const text = [...upper.map((node) => `${node}=${above}`), ...lower.map((node) => `${node}=${below}`)].join(",");
        if (lab.hasOwnNoise(text)) continue;
        const S = lab.samples(text);
        const gradient = exact.get(S) ?? new PlainNet(net, objective, S).exact();
        exact.set(S, gradient);
        const sound = [...(biased.includes(above) ? [] : upper), ...(biased.includes(below) ? [] : lower)];
        const found = lab.enumerate(text);
        let [distance, norm] = [0, 0];
        for (const [name, values] of gradient) {
          const [role, node] = name.split("/");
          if (role === "q" && !sound.includes(node!)) continue;
          values.forEach((value, i) => {
            distance += (found.get(name)!.mean[i]! - value) ** 2;
            norm += value ** 2;
          });
        }
        assert.ok(Math.sqrt(distance / norm) < 1e-5, `${text}: relative distance ${Math.sqrt(distance / norm)}`);
        checked++;
      }
    assert.ok(checked > 50, String(checked));
    lab.dispose();
  });
}

function find(part: string): NetCase {
  return netCases.find(({ name }) => name.includes(part))!;
}
