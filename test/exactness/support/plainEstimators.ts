import type { Assignment, Parameters, Part, PlainGradient, PlainNet } from "./plainNet";

interface Moments {
  readonly mean: PlainGradient;
  readonly variance: PlainGradient;
}

const STEP = 1e-4;

/** Mean and variance of estimators by their formulas, in plain arithmetic; each sums over nodes n and samples k. */
export const plainEstimators: Readonly<Record<string, (net: PlainNet) => Moments>> = {
  /** ∇ log q_n(h_k) · credit. */
  lr: (net) => scored(net, (tuple, name, k) => creditOf(net, tuple, name, k)),
  /** ∇ log q_n(h_k) · [f(h_k) − mean of the others' f]. */
  "leave-one-out": (net) =>
    scored(net, (tuple, name, k) => {
      const costs = tuple.map((given) => net.credit(name, given));
      const others = costs.filter((_, other) => other !== k);
      return costs[k]! - others.reduce((sum, cost) => sum + cost / others.length, 0);
    }),
  /** ∇ log q_n(h_k) · [L − L with w_k replaced by the others' geometric mean]. */
  vimco: (net) => scored(net, (tuple, name, k) => vimcoSignal(net, tuple, name, k, geometric)),
  "vimco(mean=arithmetic)": (net) => scored(net, (tuple, name, k) => vimcoSignal(net, tuple, name, k, arithmetic)),
  muprop: (net) => muprop(net),
  "local-expectation": (net) => localExpectation(net),
};

/** Every score times a number, and further derivatives: the samples' mean where terms add, else their sum. */
function scored(
  net: PlainNet,
  signal: (tuple: readonly Assignment[], name: string, k: number) => number,
  further: (tuple: readonly Assignment[], name: string, k: number) => readonly Part[] = () => [],
): Moments {
  return net.moments((tuple) => {
    const share = net.additive ? 1 / tuple.length : 1;
    return tuple.flatMap((given, k) =>
      net.net.nodes.flatMap(({ name }): Part[] => {
        const score = {
          label: `score of ${name}`,
          given,
          of: (parameters: Parameters): number => net.logQOf(name, parameters, given),
          weight: signal(tuple, name, k),
        };
        return [score, ...further(tuple, name, k)].map((part) => ({ ...part, weight: share * part.weight }));
      }),
    );
  });
}

/** The loss credited to a node: its own sample's terms downstream, or the whole loss where there are any. */
function creditOf(net: PlainNet, tuple: readonly Assignment[], name: string, k: number): number {
  if (net.additive) return net.credit(name, tuple[k]!);
  return net.hasCost(name) ? lossOf(net, tuple) : 0;
}

function lossOf(net: PlainNet, tuple: readonly Assignment[]): number {
  return net.loss(tuple.map((given) => net.total(net.parameters, given)));
}

function vimcoSignal(
  net: PlainNet,
  tuple: readonly Assignment[],
  name: string,
  k: number,
  mean: (totals: readonly number[]) => number,
): number {
  if (!net.hasCost(name)) return 0;
  const totals = tuple.map((given) => net.total(net.parameters, given));
  const replaced = totals.map((total, j) => (j === k ? mean(totals.filter((_, other) => other !== k)) : total));
  return net.loss(totals) - net.loss(replaced);
}

function geometric(totals: readonly number[]): number {
  return totals.reduce((sum, total) => sum + total / totals.length, 0);
}

function arithmetic(totals: readonly number[]): number {
  return -Math.log(totals.reduce((sum, total) => sum + Math.exp(-total) / totals.length, 0));
}

/** Seed 1, eq. 3 and algorithm 1, with the mean-field network's cost f(x̄) and its derivative through the means downstream. */
function muprop(net: PlainNet): Moments {
  const names = net.net.nodes.map(({ name }) => name);
  const trunkFrom = (given: Assignment, fixed: string, value: readonly number[]): Assignment => {
    const trunk = new Map(given);
    for (const name of names) trunk.set(name, name === fixed ? value : net.mean(name, trunk));
    return trunk;
  };
  const expand = (given: Assignment, name: string): { cost: number; mean: readonly number[]; slope: number[] } => {
    const start = new Map([...given].filter(([key]) => key === "x"));
    const whole = trunkFrom(start, "", []);
    const mean = whole.get(name)!;
    const costAt = (value: readonly number[]): number => {
      const trunk = trunkFrom(start, name, value);
      return net.additive ? net.credit(name, trunk) : net.hasCost(name) ? net.total(net.parameters, trunk) : 0;
    };
    const slope = mean.map((_, j) => {
      const at = (by: number): number => costAt(mean.map((value, i) => (i === j ? value + by : value)));
      return (at(STEP) - at(-STEP)) / (2 * STEP);
    });
    return { cost: costAt(mean), mean, slope };
  };
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const kept = new Map<string, ReturnType<typeof expand>>();
  const at = (given: Assignment, name: string): ReturnType<typeof expand> => {
    const key = `${name} ${given.get("x")?.join() ?? ""}`;
    const found = kept.get(key) ?? expand(given, name);
    kept.set(key, found);
    return found;
  };
  // One sample's share of the loss's derivative where the samples share a loss.
  const share = net.additive ? 1 : 1 / net.samples;
  return scored(
    net,
    (tuple, name, k) => {
      const linear = (given: Assignment): number => {
        const { mean, slope } = at(given, name);
        return (
          share *
          dot(
            slope,
            given.get(name)!.map((value, j) => value - mean[j]!),
          )
        );
      };
      const { cost } = at(tuple[k]!, name);
      const sum = net.additive ? linear(tuple[k]!) : tuple.reduce((total, given) => total + linear(given), 0);
      return creditOf(net, tuple, name, k) - cost - sum;
    },
    (tuple, name, k) => {
      const given = tuple[k]!;
      const { slope } = at(given, name);
      const of = (parameters: Parameters): number => dot(slope, net.mean(name, given, parameters));
      return [{ label: `correction of ${name}`, given, of, weight: share }];
    },
  );
}

/**
 * Every unit summed over its states, the other units as drawn; nodes downstream keep their values and are reweighted.
 * @param centre what costs that are reweighted are centred by
 */
export function localExpectation(net: PlainNet, centre = 0): Moments {
  const { nodes } = net.net;
  return scored(
    net,
    () => 0,
    (tuple, name, k) => {
      if (!net.hasCost(name)) return [];
      const given = tuple[k]!;
      const site = nodes.find((node) => node.name === name)!;
      const below = nodes.filter((node) => net.ancestors(node.name).has(name)).map((node) => node.name);
      const states = site.states ?? 2;
      const costs = Array.from({ length: site.units }, (_, unit) =>
        Array.from({ length: states }, (__, state) => {
          const value = [...given.get(name)!];
          if (site.states === undefined) value[unit] = state;
          else for (let j = 0; j < states; j++) value[unit * states + j] = j === state ? 1 : 0;
          const flipped = new Map([...given, [name, value] as const]);
          const logBelow = below.reduce((sum, other) => sum + net.logQOf(other, net.parameters, flipped), 0);
          const replaced = tuple.map((other, j) => (j === k ? flipped : other));
          return { cost: creditOf(net, replaced, name, k), likelihood: Math.exp(logBelow) };
        }),
      );
      const own = (parameters: Parameters, unit: number, state: number): number => {
        const mean = net.mean(name, given, parameters);
        if (site.states !== undefined) return mean[unit * states + state]!;
        return state === 1 ? mean[unit]! : 1 - mean[unit]!;
      };
      return costs.flatMap((unit, j) => {
        const evidence = unit.reduce(
          (sum, { likelihood }, state) => sum + own(net.parameters, j, state) * likelihood,
          0,
        );
        return unit.map(({ cost, likelihood }, state): Part => ({
          label: `probability of ${name} ${j} ${state}`,
          given,
          of: (parameters) => own(parameters, j, state),
          weight: ((cost - (below.length > 0 ? centre : 0)) * likelihood) / evidence,
        }));
      });
    },
  );
}
