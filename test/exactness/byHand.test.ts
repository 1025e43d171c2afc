import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { startTestBackend } from "../support/testBackend";
import { cases } from "./support/cases";
import { Lab } from "./support/lab";
import { cost, dot, mean1, mean2, out, output, sigmoid, slopeOf, theta, total, W } from "./support/twoLayersByHand";

const probability = (p: readonly number[], h: readonly number[]): number =>
  p.reduce((product, q, i) => product * (h[i] === 1 ? q : 1 - q), 1);
const bits = (n: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, state) => Array.from({ length: n }, (__, i) => (state >> i) & 1));
const set = (h: readonly number[], i: number, value: number): number[] => h.map((old, j) => (j === i ? value : old));

/** The derivatives with respect to the logits of h1 and h2, one sample's estimate. */
interface Deltas {
  readonly d1: number[];
  readonly d2: number[];
}
type Formula = (h1: readonly number[], h2: readonly number[]) => Deltas;

const score = (h: readonly number[], p: readonly number[], signal: number): number[] =>
  h.map((x, i) => (x - p[i]!) * signal);
const variance = (p: number): number => p * (1 - p);

/** The mean-field network from given means: values, cost and slopes. */
function trunk(x1: readonly number[], x2: readonly number[]): { cost: number; s1: number[]; s2: number[] } {
  const g = slopeOf(output(x1, x2));
  const s2 = out.map((v) => g * v);
  const through = mean2(x1);
  return {
    cost: cost(x1, x2),
    s2,
    s1: x1.map((_, i) => g / 2 + total(s2.map((s, k) => s * variance(through[k]!) * W[i]![k]!))),
  };
}

function taylor(
  h: readonly number[],
  p: readonly number[],
  at: readonly number[],
  signal: number,
  slope: readonly number[],
): number[] {
  const residual =
    signal -
    dot(
      slope,
      h.map((x, i) => x - at[i]!),
    );
  return h.map((x, i) => (x - p[i]!) * residual + slope[i]! * variance(p[i]!));
}

/** Back-propagation with a factor in place of each unit's derivative. */
function throughUnits(factor: (x: number, p: number) => number): Formula {
  return (h1, h2) => {
    const g = slopeOf(output(h1, h2));
    const p2 = mean2(h1);
    const d2 = h2.map((x, k) => g * out[k]! * factor(x, p2[k]!));
    return { d2, d1: h1.map((x, i) => (g / 2 + dot(d2, W[i]!)) * factor(x, mean1[i]!)) };
  };
}

const formulas: Readonly<Record<string, Formula>> = {
  lr: (h1, h2) => ({ d1: score(h1, mean1, cost(h1, h2)), d2: score(h2, mean2(h1), cost(h1, h2)) }),
  muprop: (h1, h2) => {
    const x2 = mean2(mean1);
    const bar = trunk(mean1, x2);
    const signal = cost(h1, h2) - bar.cost;
    return { d1: taylor(h1, mean1, mean1, signal, bar.s1), d2: taylor(h2, mean2(h1), x2, signal, bar.s2) };
  },
  "muprop-rollout": (h1, h2) => {
    const bar = trunk(mean1, mean2(mean1));
    const branch = trunk(h1, mean2(h1));
    return {
      d1: taylor(h1, mean1, mean1, cost(h1, h2) - bar.cost, bar.s1),
      d2: taylor(h2, mean2(h1), mean2(h1), cost(h1, h2) - branch.cost, branch.s2),
    };
  },
  "straight-through": throughUnits((_, p) => variance(p)),
  half: throughUnits((x, p) => Math.abs(x - p) / 2),
  "half(expansion=mean)": throughUnits((x, p) => (x - p) ** 2),
  darn: (h1, h2) => {
    const g = slopeOf(output(h1, h2));
    const p2 = mean2(h1);
    const d2 = score(h2, p2, total(h2.map((x, k) => g * out[k]! * (x - 0.5))));
    return { d2, d1: score(h1, mean1, total(h1.map((x, i) => (g / 2 + dot(d2, W[i]!)) * (x - 0.5)))) };
  },
  "local-expectation": (h1, h2) => {
    const p2 = mean2(h1);
    const d2 = h2.map((_, k) => variance(p2[k]!) * (cost(h1, set(h2, k, 1)) - cost(h1, set(h2, k, 0))));
    const d1 = h1.map((_, i) => {
      const [zero, one] = [0, 1].map((value) => set(h1, i, value)) as [number[], number[]];
      const [l0, l1] = [probability(mean2(zero), h2), probability(mean2(one), h2)];
      const evidence = (1 - mean1[i]!) * l0 + mean1[i]! * l1;
      return variance(mean1[i]!) * ((l1 * cost(one, h2)) / evidence - (l0 * cost(zero, h2)) / evidence);
    });
    return { d1, d2 };
  },
};

interface Moments {
  readonly mean: number[];
  readonly variance: number[];
}

/** Every parameter's estimate, in the order theta, up/weight, up/bias, out. */
function estimate(formula: Formula, h1: readonly number[], h2: readonly number[]): number[] {
  const { d1, d2 } = formula(h1, h2);
  const g = slopeOf(output(h1, h2));
  return [...d1, ...h1.flatMap((x) => d2.map((d) => x * d)), ...d2, ...h2.map((x) => x * g)];
}

function moments(estimates: readonly { readonly weight: number; readonly values: readonly number[] }[]): Moments {
  const size = estimates[0]!.values.length;
  const mean = Array.from({ length: size }, (_, e) =>
    total(estimates.map(({ weight, values }) => weight * values[e]!)),
  );
  return {
    mean,
    variance: mean.map((m, e) => total(estimates.map(({ weight, values }) => weight * (values[e]! - m) ** 2))),
  };
}

const states = bits(3).flatMap((h1) =>
  bits(2).map((h2) => ({ h1, h2, weight: probability(mean1, h1) * probability(mean2(h1), h2) })),
);

function momentsByHand(formula: Formula): Moments {
  return moments(states.map(({ h1, h2, weight }) => ({ weight, values: estimate(formula, h1, h2) })));
}

/** Two samples, each with the other's cost as its baseline. */
function leaveOneOutByHand(): Moments {
  const pairs = states.flatMap((a) =>
    states.map((b) => {
      const signal = cost(a.h1, a.h2) - cost(b.h1, b.h2);
      const half = (own: typeof a, sign: number): number[] =>
        estimate(
          () => ({ d1: score(own.h1, mean1, sign * signal), d2: score(own.h2, mean2(own.h1), sign * signal) }),
          own.h1,
          own.h2,
        );
      const [first, second] = [half(a, 1), half(b, -1)];
      return { weight: a.weight * b.weight, values: first.map((value, e) => (value + second[e]!) / 2) };
    }),
  );
  return moments(pairs);
}

let lab: Lab;

before(async () => {
  await startTestBackend();
  lab = new Lab(cases.find(({ name }) => name === "two layers")!);
});
after(() => lab.dispose());

function assertClose(found: Iterable<number>, expected: readonly number[], what: string): void {
  const values = [...found];
  assert.equal(values.length, expected.length);
  const scale = Math.sqrt(total(expected.map((value) => value * value)));
  values.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) <= 1e-5 * scale, `${what} ${i}: ${value}, by hand ${expected[i]}`),
  );
}

it("the enumerated gradient is the derivative of the expected cost written out by hand", () => {
  const exact = momentsByHand(formulas["lr"]!).mean;
  assertClose(
    [...lab.exact().values()].flatMap((values) => [...values]),
    exact,
    "exact gradient",
  );
  // The same by central differences in θ.
  const expected = (at: readonly number[]): number =>
    total(
      bits(3).map(
        (h1) =>
          probability(at.map(sigmoid), h1) * total(bits(2).map((h2) => probability(mean2(h1), h2) * cost(h1, h2))),
      ),
    );
  theta.forEach((value, i) => {
    const difference = (expected(set(theta, i, value + 1e-5)) - expected(set(theta, i, value - 1e-5))) / 2e-5;
    assert.ok(Math.abs(difference - exact[i]!) < 1e-6 * Math.abs(exact[i]!));
  });
});

for (const [text, formula] of [...Object.entries(formulas), ["leave-one-out", null] as const]) {
  it(`mean and variance of ${text} on two layers equal its formula summed by hand`, () => {
    const byHand = formula ? momentsByHand(formula) : leaveOneOutByHand();
    const found = lab.enumerate(text);
    assertClose(
      [...found.values()].flatMap(({ mean }) => [...mean]),
      byHand.mean,
      `mean of ${text}`,
    );
    assertClose(
      [...found.values()].flatMap(({ variance: v }) => [...v]),
      byHand.variance,
      `variance of ${text}`,
    );
  });
}
