import { gaussLegendre } from "./gridNoise";
import type { Assignment, Parameters, PlainGradient, PlainNet } from "./plainNet";

/** A node's value, what it weighs, and how a cost's derivative with respect to it becomes one with respect to the logit. */
interface State {
  readonly value: number;
  readonly weight: number;
  /** d value / d logit of estimators that differentiate through the value. */
  readonly slope: number;
}

/** Which part of log q's derivative an estimator keeps: as DESIGN has it. */
type Entropy = "none" | "value" | "full";

interface Rule {
  readonly states: (logit: number) => readonly State[];
  readonly entropy: Entropy;
}

const STEP = 1e-4;
const TEMPERATURE = 0.5;
const POINTS = 16;

/** Biased estimators of one bit by their formulas. */
const biased: Readonly<Record<string, Rule>> = {
  /** f'(b) dμ/da. */
  "straight-through": { entropy: "value", states: bitsOf((_, p) => p * (1 - p)) },
  /** f'(b) dμ/da / (2 p(b)): seed 1, eq. 6. */
  half: { entropy: "value", states: bitsOf((b, p) => (p * (1 - p)) / (2 * (b === 1 ? p : 1 - p))) },
  /** f'(b) (b − ½) (b − μ): seed 1, eq. 5. */
  darn: { entropy: "value", states: bitsOf((b, p) => (b - 0.5) * (b - p)) },
  /** f'(μ) dμ/da: seed 5, eq. 8. */
  "mean-passing": {
    entropy: "full",
    states(a) {
      const p = sigmoid(a);
      return [{ value: p, weight: 1, slope: p * (1 - p) }];
    },
  },
  /** f'(y) dy/da, y = σ((a + logit u) / T): seed 2, eq. 10. */
  "gumbel-softmax": { entropy: "full", states: (a) => relaxedOf(a, (y) => y) },
  /** f'(b) dy/da, b = 1[y > ½]. */
  "st-gumbel-softmax": { entropy: "full", states: (a) => relaxedOf(a, (y) => (y > 0.5 ? 1 : 0)) },
};

/** Score times cost has the mean of every unbiased estimator. */
const exactDraws: Rule = { entropy: "none", states: bitsOf(() => 0) };

/** The estimators that `pairMean` knows the mean of by a formula of their own. */
export const knownBiased: readonly string[] = Object.keys(biased);

/**
 * The mean of the gradient of a net of bits, one unit each, with an estimator at each node, in plain arithmetic: what every value
 * weighs, and backpropagation through the values of those estimators that differentiate through them. All samples, x's first row.
 * @param ids by node; whatever is not biased counts as unbiased
 */
export function pairMean(net: PlainNet, ids: ReadonlyMap<string, string>): PlainGradient {
  const mean = new Map([...net.parameters].map(([name, values]) => [name, new Float64Array(values.length)]));
  const nodes = net.net.nodes;
  const ruleOf = (name: string): Rule => biased[ids.get(name)!] ?? exactDraws;
  const hasEntropy = net.objective === "elbo" || net.objective === "iwae";
  const x = net.rows[0];
  const additive = net.additive;
  // Where terms add, the mean over samples has the mean of one.
  const S = additive ? 1 : net.samples;

  interface Drawn {
    readonly given: Assignment;
    readonly weight: number;
    readonly slopes: ReadonlyMap<string, number>;
  }
  let drawn: Drawn[] = [{ given: new Map(x ? [["x", x]] : []), weight: 1, slopes: new Map() }];
  for (const { name } of nodes)
    drawn = drawn.flatMap(({ given, weight, slopes }) =>
      ruleOf(name)
        .states(logitOf(net, name, given))
        .map((state) => ({
          given: new Map([...given, [name, [state.value]]]),
          weight: weight * state.weight,
          slopes: new Map([...slopes, [name, state.slope]]),
        })),
    );

  /** The terms but for log q. */
  const costs = (parameters: Parameters, given: Assignment): number =>
    net.total(parameters, given) - (hasEntropy ? net.logQ(parameters, given) : 0);
  const slopeOfCosts = new Map<Drawn, ReadonlyMap<string, number>>();
  const directOf = new Map<Drawn, PlainGradient>();
  for (const one of drawn) {
    slopeOfCosts.set(
      one,
      new Map(
        nodes.map(({ name }) => {
          const at = (by: number): number =>
            costs(net.parameters, new Map([...one.given, [name, [one.given.get(name)![0]! + by]]]));
          return [name, (at(STEP) - at(-STEP)) / (2 * STEP)];
        }),
      ),
    );
    directOf.set(
      one,
      net.derivative((parameters) => costs(parameters, one.given)),
    );
  }

  const visit = (tuple: readonly Drawn[], weight: number): void => {
    if (tuple.length < S) {
      for (const one of drawn) visit([...tuple, one], weight * one.weight);
      return;
    }
    const totals = tuple.map(({ given }) => net.total(net.parameters, given));
    const loss = net.loss(totals);
    const least = Math.min(...totals);
    const shares = totals.map((total) => Math.exp(least - total));
    tuple.forEach((one, k) => {
      const { given, slopes } = one;
      // ∂ loss / ∂ total of sample k.
      const share = additive ? 1 : shares[k]! / shares.reduce((sum, other) => sum + other, 0);
      const ofLogit = new Map<string, number>();
      for (const { name } of [...nodes].reverse()) {
        const { entropy } = ruleOf(name);
        const value = given.get(name)![0]!;
        const logit = logitOf(net, name, given);
        const score = value - sigmoid(logit);
        let ofValue = share * slopeOfCosts.get(one)!.get(name)!;
        if (hasEntropy && entropy !== "none") ofValue += share * logit;
        for (const child of nodes.filter(({ from }) => from.includes(name)))
          ofValue += net.parameters.get(`q/${child.name}/${name}`)![0]! * ofLogit.get(child.name)!;
        let gradient = slopes.get(name)! * ofValue;
        if (!(ids.get(name)! in biased))
          gradient += score * (additive ? net.credit(name, given) : net.hasCost(name) ? loss : 0);
        if (hasEntropy && (entropy === "full" || !additive)) gradient += share * score;
        ofLogit.set(name, gradient);
        mean.get(`q/${name}/bias`)![0]! += weight * gradient;
        for (const parent of nodes.find((site) => site.name === name)!.from)
          given
            .get(parent)!
            .forEach((before, i) => void (mean.get(`q/${name}/${parent}`)![i]! += weight * gradient * before));
      }
      for (const [name, values] of directOf.get(one)!)
        if (!name.startsWith("q/")) values.forEach((value, i) => void (mean.get(name)![i]! += weight * share * value));
    });
  };
  visit([], 1);
  return mean;
}

function bitsOf(slope: (b: number, p: number) => number): Rule["states"] {
  return (a) => {
    const p = sigmoid(a);
    return [
      { value: 0, weight: 1 - p, slope: slope(0, p) },
      { value: 1, weight: p, slope: slope(1, p) },
    ];
  };
}

function relaxedOf(a: number, valueOf: (y: number) => number): readonly State[] {
  const cut = sigmoid(-a);
  return [...gaussLegendre(POINTS, 0, cut), ...gaussLegendre(POINTS, cut, 1)].map(({ x: u, weight }) => {
    const y = sigmoid((a + Math.log(u / (1 - u))) / TEMPERATURE);
    return { value: valueOf(y), weight, slope: (y * (1 - y)) / TEMPERATURE };
  });
}

function logitOf(net: PlainNet, name: string, given: Assignment): number {
  const [p] = net.mean(name, given);
  return Math.log(p! / (1 - p!));
}

function sigmoid(a: number): number {
  return 1 / (1 + Math.exp(-a));
}
