import { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { GradlensError } from "../errors";
import type { CostSite, ObserveSite, SampleSite, TraceHandler } from "../model/traceContext";
import { withHandler } from "../model/traceContext";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import type { GraphRole } from "../protocol/graph";
import type { SourceLocation } from "../protocol/source";

/** A drawn (or replayed, or mean-field) node of one evaluation. */
export interface TraceNode {
  readonly name: string;
  readonly role: "guide" | "program";
  readonly distribution: Distribution;
  /** `[S, B', …unitShape]`; may carry a gradient to the distribution's parameters. */
  readonly value: tf.Tensor;
  /** The value as the model and log q read it: the same numbers, possibly with another gradient. */
  readonly seen: tf.Tensor;
  readonly source: SourceLocation | undefined;
}

/** A summand of the minimised loss. `prior` and `observe` are −log p; `cost` is the user's. */
export interface TraceTerm {
  readonly key: string;
  readonly kind: "cost" | "observe" | "prior";
  readonly name: string;
  readonly role: GraphRole;
  /** `[1 or S, 1 or B']`. */
  readonly value: tf.Tensor;
  readonly distribution?: Distribution;
  /** The observed value. */
  readonly observed?: tf.Tensor;
  readonly source: SourceLocation | undefined;
}

export interface Trace {
  readonly nodes: ReadonlyMap<string, TraceNode>;
  readonly terms: readonly TraceTerm[];
}

/** Gives a node its value: an estimator's draw, the mean, a replayed tensor. */
export type Draw = (site: SampleSite) => tf.Tensor;

/** Runs a model's functions once; `draw` is the handler, `view` what the model sees of a guide's value. The terms are live: gradients flow to parameters and node values. */
export function runTrace(
  functions: ModelFunctions,
  data: DataInputs,
  draw: Draw,
  layer?: TraceHandler["layer"],
  view: (name: string, value: tf.Tensor) => tf.Tensor = (_, value) => value,
): Trace {
  const nodes = new Map<string, TraceNode>();
  const terms: TraceTerm[] = [];
  const keys = new Set<string>();
  let role: GraphRole = "program";

  const addTerm = (
    kind: TraceTerm["kind"],
    site: ObserveSite | CostSite | SampleSite,
    value: tf.Tensor,
    extra: Pick<TraceTerm, "distribution" | "observed"> = {},
  ): void => {
    const key = `${kind}:${site.name}`;
    if (keys.has(key))
      throw at(
        site.source,
        "GL1150",
        `${kind === "prior" ? "sample" : kind} "${site.name}" occurs twice; give each its own name`,
      );
    keys.add(key);
    terms.push({ key, kind, name: site.name, role, value: asRows(value, kind, site), source: site.source, ...extra });
  };

  const handler: TraceHandler = {
    ...(layer ? { layer } : {}),
    sample(site) {
      if (role === "model") {
        const node = nodes.get(site.name);
        if (!node)
          throw at(
            site.source,
            "GL1151",
            `the model samples "${site.name}", which the guide never draws; the guide has ${quoted(nodes.keys())}`,
          );
        checkUnits(site.name, site.distribution, node.seen, site.source);
        addTerm("prior", site, tf.neg(site.distribution.logProb(node.seen)), { distribution: site.distribution });
        return node.seen;
      }
      if (nodes.has(site.name))
        throw at(site.source, "GL1150", `sample "${site.name}" occurs twice; give each its own name`);
      const value = draw(site);
      nodes.set(site.name, {
        name: site.name,
        role: role as "guide" | "program",
        distribution: site.distribution,
        value,
        seen: role === "guide" ? view(site.name, value) : value,
        source: site.source,
      });
      return value;
    },
    observe(site) {
      if (role === "guide")
        throw at(site.source, "GL1152", `observe("${site.name}") stands in the guide; move it to the model`);
      checkUnits(site.name, site.distribution, site.value, site.source);
      addTerm("observe", site, tf.neg(site.distribution.logProb(site.value)), {
        distribution: site.distribution,
        observed: site.value,
      });
    },
    cost(site) {
      addTerm("cost", site, site.value);
    },
  };

  const call = (next: GraphRole, run: (data: never) => void): void => {
    role = next;
    withHandler(handler, () => run(data as never));
  };
  if ("program" in functions) {
    call("program", functions.program);
  } else {
    call("guide", functions.guide);
    call("model", functions.model);
    for (const node of nodes.values()) {
      if (!keys.has(`prior:${node.name}`))
        throw at(
          node.source,
          "GL1153",
          `the guide draws "${node.name}", which the model never samples; the model needs sample("${node.name}", …)`,
        );
    }
  }
  if (terms.length === 0)
    throw new GradlensError(
      "GL1154",
      "the model has no cost; add cost(name, tensor) or observe(name, distribution, value)",
    );
  return { nodes, terms };
}

function asRows(
  value: tf.Tensor,
  kind: string,
  site: { readonly name: string; readonly source: SourceLocation | undefined },
): tf.Tensor {
  if (value.rank > 2) {
    throw at(
      site.source,
      "GL1155",
      `${kind} "${site.name}" needs shape [S, B], got [${value.shape.join(", ")}]; sum over the last axes`,
    );
  }
  return value.rank === 2 ? value : tf.reshape(value, [...Array<number>(2 - value.rank).fill(1), ...value.shape]);
}

function checkUnits(
  name: string,
  distribution: Distribution,
  value: tf.Tensor,
  source: SourceLocation | undefined,
): void {
  const found = value.shape.slice(-distribution.eventRank);
  const expected = distribution.unitShape;
  const fits =
    found.length === expected.length &&
    found.every((size, axis) => size === expected[axis] || (size === 1 && value.rank > 0) || expected[axis] === 1);
  if (!fits) {
    throw at(
      source,
      "GL1156",
      `"${name}" is ${distribution.id} over units [${expected.join(", ")}], but its value has units [${found.join(", ")}]; make the two agree`,
    );
  }
}

function at(source: SourceLocation | undefined, code: string, message: string): GradlensError {
  return new GradlensError(code, message, source ? { source } : {});
}

function quoted(names: Iterable<string>): string {
  const list = [...names].map((name) => `"${name}"`);
  return list.length === 0 ? "no nodes" : list.join(", ");
}
