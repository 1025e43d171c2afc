import { bernoulli, categorical, cost, defineModel, observe, parameter, sample, tf } from "gradlens";
import type { ModelDefinition } from "../../../core/model/defineModel";

/** A place whose drive is affine in the values before it: bias + Σ_parent value · W. */
export interface Site {
  readonly name: string;
  /** Bits, or the categories of one unit where `states` is given. */
  readonly units: number;
  readonly states?: number;
  /** Nodes before it, or "x", the data. */
  readonly from: readonly string[];
}

/** exp(drive), (drive − 0.3)³, summed over units. */
export type CostShape = "exp" | "cube";

/** A net written once, with two readings of it: a model file's calls, and float64 arithmetic (`PlainNet`). */
export interface Net {
  readonly name: string;
  /** The program's or the guide's nodes, in the order in which they are drawn. */
  readonly nodes: readonly Site[];
  /** p(h | …) of every node of the guide; none of a program. */
  readonly priors?: readonly Site[];
  readonly observed: readonly Site[];
  readonly costs: readonly (Site & { readonly shape: CostShape })[];
  /** Rows of x; the observed values are x too, its first `units` entries. */
  readonly x?: readonly (readonly number[])[];
  readonly analyticKl?: boolean;
}

/** Numbers of a site's value. */
export const widthOf = ({ units, states = 1 }: Site): number => units * states;

/** Where a site's parameters are: its bias, and one matrix for each parent, `[parent's width, own width]`. */
export function parametersOf(net: Net): { readonly name: string; readonly rows: number; readonly columns: number }[] {
  const width = widthsOf(net);
  const groups = [
    ["q", net.nodes],
    ["p", net.priors ?? []],
    ["observe", net.observed],
    ["cost", net.costs],
  ] as const;
  return groups.flatMap(([role, sites]) =>
    sites.flatMap((site) => [
      { name: `${role}/${site.name}/bias`, rows: 0, columns: widthOf(site) },
      ...site.from.map((parent) => ({
        name: `${role}/${site.name}/${parent}`,
        rows: width(parent),
        columns: widthOf(site),
      })),
    ]),
  );
}

/** Numbers of a parent's value. */
export function widthsOf(net: Net): (parent: string) => number {
  return (parent) => (parent === "x" ? net.x![0]!.length : widthOf(net.nodes.find(({ name }) => name === parent)!));
}

/** Fixed values between −1.4 and 1.4, away from 0 and from each other. */
export function initialValues(net: Net): Map<string, number[]> {
  let state = 12345;
  const next = (): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    const u = state / 2 ** 31;
    return Number(((u < 0.5 ? -1 : 1) * (0.2 + 1.2 * Math.abs(2 * u - 1))).toFixed(3));
  };
  return new Map(
    parametersOf(net).map(({ name, rows, columns }) => [
      name,
      Array.from({ length: Math.max(1, rows) * columns }, next),
    ]),
  );
}

/** The net as a model file would have it. */
export function modelOf(net: Net): ModelDefinition {
  const values = initialValues(net);
  const definition = defineModel(net.name, () => {
    const parameters = new Map(
      parametersOf(net).map(({ name, rows, columns }) => [
        name,
        parameter(name, tf.tensor(values.get(name)!, rows === 0 ? [columns] : [rows, columns])),
      ]),
    );
    const drive = (role: string, site: Site, given: ReadonlyMap<string, tf.Tensor>): tf.Tensor =>
      site.from.reduce<tf.Tensor>(
        (sum, parent) =>
          tf.add(
            sum,
            tf.sum(
              tf.mul(tf.expandDims(given.get(parent)!, -1), parameters.get(`${role}/${site.name}/${parent}`)!),
              -2,
            ),
          ),
        parameters.get(`${role}/${site.name}/bias`)!,
      );
    const draw = (role: string, site: Site, given: Map<string, tf.Tensor>): void => {
      const logits = drive(role, site, given);
      if (site.states === undefined) given.set(site.name, sample(site.name, bernoulli({ logits })));
      else {
        const split = tf.reshape(logits, [...logits.shape.slice(0, -1), site.units, site.states]);
        const value = sample(site.name, categorical({ logits: split }));
        given.set(site.name, tf.reshape(value, [...value.shape.slice(0, -2), widthOf(site)]));
      }
    };
    const score = (given: ReadonlyMap<string, tf.Tensor>): void => {
      for (const site of net.observed)
        observe(
          site.name,
          bernoulli({ logits: drive("observe", site, given) }),
          tf.slice(given.get("x")!, [0, 0, 0], [1, -1, site.units]),
        );
      for (const site of net.costs) {
        const y = drive("cost", site, given);
        cost(site.name, (site.shape === "exp" ? tf.exp(y) : tf.pow(tf.sub(y, 0.3), 3)).sum(-1));
      }
    };
    const start = (data: { readonly x?: tf.Tensor }): Map<string, tf.Tensor> =>
      new Map(data.x ? [["x", data.x] as const] : []);
    const { priors } = net;
    if (!priors)
      return {
        program(data: { readonly x?: tf.Tensor }) {
          const given = start(data);
          for (const site of net.nodes) draw("q", site, given);
          score(given);
        },
      };
    return {
      guide(data: { readonly x?: tf.Tensor }) {
        const given = start(data);
        for (const site of net.nodes) draw("q", site, given);
      },
      model(data: { readonly x?: tf.Tensor }) {
        const given = start(data);
        for (const site of priors) draw("p", site, given);
        score(given);
      },
    };
  });
  return net.analyticKl ? { ...definition, options: { ...definition.options, analyticKl: true } } : definition;
}
