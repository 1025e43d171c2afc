import { eachMultiset } from "./multisets";
import { initialValues, type Net, type Site, widthOf, widthsOf } from "./net";

/** Values of nodes and of x by name; real numbers where a mean-field pass goes through. */
export type Assignment = ReadonlyMap<string, readonly number[]>;
export type Parameters = ReadonlyMap<string, readonly number[]>;

/** A summand of one sample's loss; it depends on the nodes upstream of it. */
interface Term {
  readonly key: string;
  readonly upstream: ReadonlySet<string>;
  readonly value: (parameters: Parameters, given: Assignment) => number;
}

export type PlainObjective = "expected-cost" | "elbo" | "iwae" | "structured-prediction";

/** A weighed derivative in an estimate: of what `label` says, at one assignment. */
export interface Part {
  readonly label: string;
  readonly given: Assignment;
  readonly of: (parameters: Parameters) => number;
  readonly weight: number;
}

/** By parameter name, row-major. */
export type PlainGradient = ReadonlyMap<string, Float64Array>;

/** Step of central differences: they are off by about its square, 1e-8. */
const STEP = 1e-4;

/**
 * A net in float64 and plain arithmetic, nothing of the engine in it: every joint state of every sample is visited, derivatives are
 * central differences.
 */
export class PlainNet {
  readonly parameters: Parameters;
  private readonly width: (parent: string) => number;
  private readonly terms: readonly Term[];
  private readonly analytic: ReadonlySet<string>;

  constructor(
    readonly net: Net,
    readonly objective: PlainObjective,
    readonly samples: number,
  ) {
    this.parameters = initialValues(net);
    this.width = widthsOf(net);
    this.analytic = new Set(
      net.analyticKl && objective === "elbo"
        ? (net.priors ?? []).filter((site) => this.knownWithout(site)).map(({ name }) => name)
        : [],
    );
    this.terms = this.makeTerms();
  }

  get rows(): readonly (readonly number[] | null)[] {
    return this.net.x ?? [null];
  }

  /** Every assignment of one sample, x of row b in it. */
  states(b: number): readonly Assignment[] {
    const x = this.rows[b];
    let all: Assignment[] = [new Map(x ? [["x", x]] : [])];
    for (const site of this.net.nodes)
      all = all.flatMap((given) => valuesOf(site).map((value) => new Map([...given, [site.name, value]])));
    return all;
  }

  /** log q of all nodes. */
  logQ(parameters: Parameters, given: Assignment): number {
    return this.net.nodes.reduce((sum, site) => sum + this.logProb("q", site, parameters, given), 0);
  }

  logQOf(name: string, parameters: Parameters, given: Assignment): number {
    return this.logProb("q", this.node(name), parameters, given);
  }

  /** E[value] of a node given its parents'. */
  mean(name: string, given: Assignment, parameters = this.parameters): readonly number[] {
    const site = this.node(name);
    const drive = this.drive("q", site, parameters, given);
    return site.states === undefined ? drive.map(sigmoid) : softmaxOf(drive, site.states);
  }

  /** Sum of the terms of one sample, those without log q where its direct derivative is left out as it is in the terms. */
  total(parameters: Parameters, given: Assignment): number {
    return this.terms.reduce((sum, { value }) => sum + value(parameters, given), 0);
  }

  /** Sum of one sample's terms downstream of a node. */
  credit(name: string, given: Assignment): number {
    return this.terms.reduce(
      (sum, { upstream, value }) => sum + (upstream.has(name) ? value(this.parameters, given) : 0),
      0,
    );
  }

  /** Whether any term depends on a node. */
  hasCost(name: string): boolean {
    return this.terms.some(({ upstream }) => upstream.has(name));
  }

  /** The loss of a row from its samples' totals. */
  loss(totals: readonly number[]): number {
    if (this.objective === "expected-cost" || this.objective === "elbo")
      return totals.reduce((sum, total) => sum + total / totals.length, 0);
    const least = Math.min(...totals);
    const mean = totals.reduce((sum, total) => sum + Math.exp(least - total) / totals.length, 0);
    return least - Math.log(mean);
  }

  get additive(): boolean {
    return this.objective === "expected-cost" || this.objective === "elbo" || this.samples === 1;
  }

  /** Gradient of the batch mean of the exactly expected loss. The samples' order does not matter: each multiset is visited once. */
  exact(): PlainGradient {
    const states = this.rows.map((_, b) => this.states(b));
    return this.derivative((parameters) => {
      let sum = 0;
      for (const row of states) {
        const logQ = row.map((given) => this.logQ(parameters, given));
        const totals = row.map((given) => this.total(parameters, given));
        eachMultiset(row.length, this.samples, (chosen, logWays) => {
          const weight = Math.exp(chosen.reduce((total, state) => total + logQ[state]!, logWays));
          sum += weight * this.loss(chosen.map((state) => totals[state]!));
        });
      }
      return sum / this.rows.length;
    });
  }

  /**
   * Mean and variance of the batch-mean estimate that is a sum of weighed derivatives at the samples of a row. The samples' order must
   * not matter to it: each multiset is visited once.
   */
  moments(partsOf: (tuple: readonly Assignment[]) => readonly Part[]): {
    readonly mean: PlainGradient;
    readonly variance: PlainGradient;
  } {
    const zeros = (): Map<string, Float64Array> =>
      new Map([...this.parameters].map(([name, values]) => [name, new Float64Array(values.length)]));
    const [mean, variance] = [zeros(), zeros()];
    const B = this.rows.length;
    const known = new Map<string, PlainGradient>();
    const slopeOf = ({ label, given, of }: Part): PlainGradient => {
      const key = `${label} ${[...given].join(" ")}`;
      const found = known.get(key) ?? this.derivative(of);
      known.set(key, found);
      return found;
    };
    this.rows.forEach((_, b) => {
      const [first, second] = [zeros(), zeros()];
      const states = this.states(b);
      const logQ = states.map((given) => this.logQ(this.parameters, given));
      eachMultiset(states.length, this.samples, (chosen, logWays) => {
        const tuple = chosen.map((state) => states[state]!);
        const probability = Math.exp(chosen.reduce((total, state) => total + logQ[state]!, logWays));
        const estimate = zeros();
        const totals = tuple.map((given) => this.total(this.parameters, given));
        const direct = tuple.map((given, k): Part => ({
          label: "direct",
          given,
          of: (parameters) => this.direct(parameters, given),
          weight: this.slopeOfLoss(totals, k),
        }));
        for (const part of [...direct, ...partsOf(tuple)])
          for (const [name, values] of slopeOf(part))
            values.forEach((value, i) => void (estimate.get(name)![i]! += part.weight * value));
        for (const [name, values] of estimate)
          values.forEach((value, i) => {
            first.get(name)![i]! += probability * value;
            second.get(name)![i]! += probability * value * value;
          });
      });
      for (const [name, values] of first)
        values.forEach((value, i) => {
          mean.get(name)![i]! += value / B;
          variance.get(name)![i]! += (second.get(name)![i]! - value * value) / B ** 2;
        });
    });
    return { mean, variance };
  }

  /** ∂ loss / ∂ total of sample k. */
  private slopeOfLoss(totals: readonly number[], k: number): number {
    const at = (by: number): number => this.loss(totals.map((total, j) => (j === k ? total + by : total)));
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  }

  /** Terms whose derivative is direct, log q's own left out where terms add: the model's, and closed forms. */
  direct(parameters: Parameters, given: Assignment): number {
    return this.terms.reduce(
      (sum, { key, value }) =>
        sum + value(this.additive && key.startsWith("entropy:") ? this.parameters : parameters, given),
      0,
    );
  }

  derivative(f: (parameters: Parameters) => number): PlainGradient {
    return new Map(
      [...this.parameters].map(([name, values]) => [
        name,
        Float64Array.from(values, (_, i) => {
          const at = (by: number): number =>
            f(new Map([...this.parameters, [name, values.map((value, j) => (j === i ? value + by : value))]]));
          return (at(STEP) - at(-STEP)) / (2 * STEP);
        }),
      ]),
    );
  }

  private node(name: string): Site {
    return this.net.nodes.find((site) => site.name === name)!;
  }

  private drive(role: string, site: Site, parameters: Parameters, given: Assignment): number[] {
    const drive = [...parameters.get(`${role}/${site.name}/bias`)!];
    for (const parent of site.from) {
      const matrix = parameters.get(`${role}/${site.name}/${parent}`)!;
      given.get(parent)!.forEach((value, row) => {
        for (let j = 0; j < drive.length; j++) drive[j]! += value * matrix[row * drive.length + j]!;
      });
    }
    return drive;
  }

  /** log p of a node's value, extended linearly between its states. */
  private logProb(role: string, site: Site, parameters: Parameters, given: Assignment): number {
    const drive = this.drive(role, site, parameters, given);
    const value = given.get(site.name)!;
    if (site.states === undefined) return sumOf(drive.map((a, j) => a * value[j]! - softplus(a)));
    const probabilities = softmaxOf(drive, site.states);
    return sumOf(probabilities.map((p, j) => value[j]! * Math.log(p)));
  }

  /** KL(q ‖ p) of a node given its parents' values. */
  private divergence(site: Site, parameters: Parameters, given: Assignment): number {
    const own = this.node(site.name);
    return valuesOf(own).reduce((sum, value) => {
      const here = new Map([...given, [site.name, value]]);
      const logQ = this.logProb("q", own, parameters, here);
      return sum + Math.exp(logQ) * (logQ - this.logProb("p", site, parameters, here));
    }, 0);
  }

  /** Given what is drawn after it, a node is no longer distributed as the guide draws it. */
  private knownWithout({ name, from }: Site): boolean {
    return from.every((parent) => parent !== name && (parent === "x" || !this.ancestors(parent).has(name)));
  }

  /** The nodes before a node. */
  ancestors(name: string): ReadonlySet<string> {
    return upstreamOf(this.node(name).from, (parent) => this.ancestors(parent));
  }

  private makeTerms(): readonly Term[] {
    const { nodes, priors = [], observed, costs } = this.net;
    const upstream = (...names: readonly string[]): ReadonlySet<string> =>
      upstreamOf(names, (name) => this.ancestors(name));
    const entropy = this.objective === "elbo" || this.objective === "iwae";
    return [
      ...(entropy ? nodes : []).flatMap((site): Term[] =>
        this.analytic.has(site.name)
          ? []
          : [
              {
                key: `entropy:${site.name}`,
                upstream: upstream(site.name),
                value: (parameters, given) => this.logProb("q", site, parameters, given),
              },
            ],
      ),
      ...priors.map((site): Term =>
        this.analytic.has(site.name)
          ? {
              key: `kl:${site.name}`,
              upstream: upstream(...this.node(site.name).from, ...site.from),
              value: (parameters, given) => this.divergence(site, parameters, given),
            }
          : {
              key: `prior:${site.name}`,
              upstream: upstream(site.name, ...site.from),
              value: (parameters, given) => -this.logProb("p", site, parameters, given),
            },
      ),
      ...observed.map((site): Term => ({
        key: `observe:${site.name}`,
        upstream: upstream(...site.from),
        value: (parameters, given) => {
          const seen = new Map([...given, [site.name, given.get("x")!.slice(0, site.units)]]);
          return -this.logProb("observe", site, parameters, seen);
        },
      })),
      ...costs.map((site): Term => ({
        key: `cost:${site.name}`,
        upstream: upstream(...site.from),
        value: (parameters, given) =>
          sumOf(
            this.drive("cost", site, parameters, given).map((y) =>
              site.shape === "exp" ? Math.exp(y) : (y - 0.3) ** 3,
            ),
          ),
      })),
    ];
  }
}

/** All values of a node: bit vectors, or one-hot ones. */
export function valuesOf(site: Site): readonly (readonly number[])[] {
  const { units, states } = site;
  const perUnit = states === undefined ? [[0], [1]] : Array.from({ length: states }, (_, k) => oneHot(k, states));
  let all: number[][] = [[]];
  for (let unit = 0; unit < units; unit++) all = all.flatMap((value) => perUnit.map((part) => [...value, ...part]));
  if (all[0]!.length !== widthOf(site)) throw new Error(`width of ${site.name}`);
  return all;
}

function upstreamOf(names: readonly string[], before: (name: string) => ReadonlySet<string>): ReadonlySet<string> {
  return new Set(names.flatMap((name) => (name === "x" ? [] : [name, ...before(name)])));
}

function oneHot(k: number, states: number): number[] {
  return Array.from({ length: states }, (_, j) => (j === k ? 1 : 0));
}

function sigmoid(a: number): number {
  return 1 / (1 + Math.exp(-a));
}

function softplus(a: number): number {
  return a > 0 ? a + Math.log1p(Math.exp(-a)) : Math.log1p(Math.exp(a));
}

function softmaxOf(drive: readonly number[], states: number): number[] {
  return drive.map((a, j) => {
    const first = j - (j % states);
    const unit = drive.slice(first, first + states);
    const most = Math.max(...unit);
    return Math.exp(a - most) / sumOf(unit.map((other) => Math.exp(other - most)));
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
