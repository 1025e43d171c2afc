import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { applicable } from "../../core/estimators/estimatorSpec";
import { estimators } from "../../core/estimators/registry";
import { bernoulli, cost, defineModel, parameter, sample } from "gradlens";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { gaussLegendre, GridNoise } from "./support/gridNoise";
import { type Drawn, Lab, type Values } from "./support/lab";

/** Draws of every estimator on every model: from as many on as detect what has to be, at most as many. */
const LEAST_DRAWS = 4096;
const MOST_DRAWS = 16384;
/**
 * Elements are compared one by one at 5.2 standard errors: for about 600 comparisons the false-alarm rate of the whole file is
 * 600 × 2e-7 = 1.2e-4. A bias of 10 % of the gradient is detected: 5.2 standard errors of the whole gradient are less.
 */
const THRESHOLD = 5.2;
const DETECTABLE = 0.1;

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

    for (const text of [
      ...estimators.map(({ id }) => id),
      "local-expectation(descendants=redraw)",
      "rebar(temperature=0.8,eta=0.9)",
    ]) {
      const estimator = estimators.find(({ id }) => id === text.split("(")[0])!;
      const discrete =
        estimator.distributions !== "all" &&
        estimator.distributions.some((id) => id === "bernoulli" || id === "categorical");
      if (!discrete || estimator.ownNoise === false) continue;
      const biased = estimator.unbiased === "never";

      it(`${text}: the mean of its draws ${biased ? "misses" : "is"} the enumerated gradient`, (context) => {
        const served = [...lab.structure.distributions.values()].every(({ id }) =>
          applicable(id, testCase.objective).includes(estimator),
        );
        if (!served || !lab.hasOwnNoise(text)) {
          context.diagnostic(served ? "no noise of its own here; see matrix.test.ts" : "does not serve this model");
          return;
        }
        const judge = (drawn: Drawn): { readonly effect: number; readonly largest: number } => {
          let [largest, errors, norm] = [0, 0, 0];
          for (const [name, gradient] of exact) {
            const { mean, standardError } = drawn.get(name)!;
            gradient.forEach((value, element) => {
              const error = Math.max(standardError[element]!, 1e-7 * Math.abs(value));
              largest = Math.max(largest, Math.abs(mean[element]! - value) / error);
              errors += error ** 2;
              norm += value ** 2;
            });
          }
          return { effect: THRESHOLD * Math.sqrt(errors / norm), largest };
        };
        // When to stop depends on the mean only where a deviation is what is wanted.
        const drawn = lab.draw(text, MOST_DRAWS, (so, draws) => {
          if (draws < LEAST_DRAWS) return false;
          const { effect, largest } = judge(so);
          return effect < DETECTABLE && (!biased || largest > THRESHOLD);
        });
        const { effect, largest } = judge(drawn);
        assert.ok(effect < DETECTABLE, `detectable effect ${effect}`);
        if (biased) assert.ok(largest > THRESHOLD, `largest deviation ${largest} standard errors`);
        else assert.ok(largest < THRESHOLD, `largest deviation ${largest} standard errors`);
      });
    }
  });
}

describe("quadrature over the estimator's own noise, one unit", () => {
  // θ = 0.7, f(b) = exp(1.3 b − 0.4).
  const theta = 0.7;
  const p = 1 / (1 + Math.exp(-theta));
  const exact = p * (1 - p) * (Math.exp(0.9) - Math.exp(-0.4));
  let lab: Lab;
  before(() => void (lab = new Lab(cases[0]!)));
  after(() => lab.dispose());

  function integrate(
    text: string,
    points: readonly { readonly x: number; readonly weight: number }[],
    inner?: readonly { readonly x: number; readonly weight: number }[],
  ): number {
    const grid = points.flatMap((outer) =>
      (inner ?? [{ x: 0.5, weight: 1 }]).map((point) => ({
        u: outer.x,
        v: point.x,
        weight: outer.weight * point.weight,
      })),
    );
    const noise = new GridNoise(
      new Map([
        [0, grid.map(({ u }) => [u])],
        [2, grid.map(({ v }) => [v])],
      ]),
    );
    return lab
      .integrate(
        text,
        noise,
        grid.map(({ weight }) => weight),
      )
      .get("theta")![0]!;
  }

  for (const text of ["arm", "disarm"]) {
    it(`${text} integrates to the exact gradient`, () => {
      // Linear in u between the thresholds 1 − p and p: the midpoints are exact.
      const cuts = [0, 1 - p, p, 1];
      const points = cuts.slice(1).map((end, i) => ({ x: (end + cuts[i]!) / 2, weight: end - cuts[i]! }));
      const mean = integrate(text, points);
      assert.ok(Math.abs(mean - exact) < 1e-5 * exact, `${mean}, exact ${exact}`);
    });
  }

  const overU = [...gaussLegendre(60, 0, 1 - p), ...gaussLegendre(60, 1 - p, 1)];
  for (const text of ["rebar", "rebar(temperature=0.9,eta=0.4)", "relax"]) {
    if (!estimators.some(({ id }) => id === text.split("(")[0])) continue;
    it(`${text} integrates to the exact gradient`, () => {
      const mean = integrate(text, overU, gaussLegendre(60, 0, 1));
      assert.ok(Math.abs(mean - exact) < 1e-5 * exact, `${mean}, exact ${exact}`);
    });
  }

  it("gumbel-softmax integrates to the gradient of the relaxed cost, which is not the exact one", () => {
    const temperature = 0.5;
    const relaxed = overU.reduce((sum, { x, weight }) => {
      const y = 1 / (1 + Math.exp(-(theta + Math.log(x / (1 - x))) / temperature));
      return sum + (weight * 1.3 * Math.exp(1.3 * y - 0.4) * y * (1 - y)) / temperature;
    }, 0);
    const mean = integrate("gumbel-softmax", overU);
    assert.ok(Math.abs(mean - relaxed) < 1e-5 * relaxed, `${mean}, by hand ${relaxed}`);
    assert.ok(Math.abs(mean - exact) > 0.05 * exact);
  });

  it("st-gumbel-softmax integrates to f'(b) times the relaxed sample's derivative, which is not the exact gradient", () => {
    const temperature = 0.5;
    const byHand = overU.reduce((sum, { x, weight }) => {
      const y = 1 / (1 + Math.exp(-(theta + Math.log(x / (1 - x))) / temperature));
      return sum + (weight * 1.3 * Math.exp((x > 1 - p ? 1.3 : 0) - 0.4) * y * (1 - y)) / temperature;
    }, 0);
    const mean = integrate("st-gumbel-softmax", overU);
    assert.ok(Math.abs(mean - byHand) < 1e-5 * byHand, `${mean}, by hand ${byHand}`);
    assert.ok(Math.abs(mean - exact) > 0.05 * exact);
  });
});

describe("relaxations under a linear cost, one unit", () => {
  // f(b) = 3 b at θ = 0. The exact gradient is 3/4. At temperature 1 the relaxed unit's slope is σ'(L) with L logistic, of density σ',
  // and its mean ∫ σ'(l)² dl = 1/6: a third of the gradient is missing although nothing is curved.
  const linear = defineModel("linear", () => {
    const theta = parameter("theta", [0]);
    return {
      program() {
        cost(
          "f",
          sample("b", bernoulli({ logits: theta }))
            .mul(3)
            .sum(-1),
        );
      },
    };
  });

  for (const id of ["gumbel-softmax", "st-gumbel-softmax"]) {
    it(`${id} misses the gradient by a third at temperature 1`, () => {
      const lab = new Lab({ name: "linear", definition: linear, objective: "expected-cost", samples: 1, batchSize: 1 });
      const grid = gaussLegendre(60, 0, 1);
      const noise = new GridNoise(new Map([[0, grid.map(({ x }) => [x])]]));
      const weights = grid.map(({ weight }) => weight);
      const mean = lab.integrate(`${id}(temperature=1)`, noise, weights).get("theta")![0]!;
      lab.dispose();
      assert.ok(Math.abs(mean - 0.5) < 1e-6, `${mean}`);
    });
  }
});
