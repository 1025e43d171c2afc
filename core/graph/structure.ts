import { tidy } from "../backends/tidy";
import { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { nodeNoise } from "../distributions/distribution";
import { entropy } from "../distributions/entropy";
import { klDivergence } from "../distributions/klDivergence";
import { GradlensError } from "../errors";
import { record, type TapeNode, unrecorded } from "../gradients/tape";
import { withCallSites } from "../model/callSite";
import type { DataInputs } from "../model/defineModel";
import { type LayerSite, type SampleSite, type TraceHandler, withHandler } from "../model/traceContext";
import type { GraphEdge, GraphNode, ModelGraph } from "../protocol/graph";
import { Noise } from "../random/noise";
import { hardOperations, kinkedOperations } from "./hardOperations";
import type { ModelInstance } from "./instance";
import { refuseInvalid } from "./refuseInvalid";
import { runTrace, type Trace } from "./trace";

/** Which node feeds which, found by running the model once and following its tensors. */
export interface Structure {
  /** Stochastic nodes in the order of drawing. */
  readonly nodes: readonly string[];
  /** Nodes that the distribution of a node depends on, directly or through other nodes. */
  readonly ancestors: ReadonlyMap<string, ReadonlySet<string>>;
  /** Nodes whose values enter the distribution of a node without another node between. */
  readonly parents: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * Nodes upstream of a term, itself drawn ones included: key `cost:f`, `observe:x`, `prior:h`, or `entropy:h` for log q(h | …).
   */
  readonly upstream: ReadonlyMap<string, ReadonlySet<string>>;
  /** Nodes whose prior and entropy terms the ELBO replaces by `kl:h`, the divergence in closed form, as the model file asks. */
  readonly analyticKl: ReadonlySet<string>;
  /** Nodes whose divergence from the prior has no closed form, with why not as a clause. */
  readonly noDivergence: ReadonlyMap<string, string>;
  /** Nodes whose entropy has no closed form, with why not as a clause. */
  readonly noEntropy: ReadonlyMap<string, string>;
  /** Raw parameters (those of no dense layer). */
  readonly graph: ModelGraph;
  /** By node, an operation between its value and a cost or the next node that no relaxed value gets through, such as ArgMax. */
  readonly hardOperations: ReadonlyMap<string, string>;
  /** By node, an operation with a kink that its value goes through on that way, such as Relu. */
  readonly kinkedOperations: ReadonlyMap<string, string>;
  /** Estimators asked for in the text, by node. */
  readonly asked: ReadonlyMap<string, string>;
  readonly distributions: ReadonlyMap<
    string,
    {
      readonly id: string;
      readonly unitShape: readonly number[];
      readonly statesPerUnit: number | null;
      readonly eventRank: number;
    }
  >;
}

/** Hears of no layer. */
const unheard: TraceHandler = {
  sample: ({ name }) => {
    throw new GradlensError(
      "GL1121",
      `sample("${name}") was called while a distribution draws; call it in the model's functions`,
    );
  },
  observe: () => undefined,
  cost: () => undefined,
};

/**
 * Traces a model once and reads from the recorded operations what depends on what, gradients or not.
 * If the text reads values back (`dataSync`, `arraySync`), what follows counts as depending on everything drawn before:
 * a cost is then credited to too many nodes, never to too few.
 */
export function analyse(instance: ModelInstance, data: DataInputs): Structure {
  return tidy(() => {
    const layers: LayerSite[] = [];
    const sites = new Map<string, SampleSite>();
    const noise = new Noise({
      seed: 0,
      step: 0,
      numSamples: 1,
      numRows: numRows(data),
      replicates: 1,
      firstReplicate: 0,
    });
    const reads = watchReads();
    const influences = new Map<Distribution, readonly tf.Tensor[]>();
    let recorded;
    try {
      recorded = withCallSites(() =>
        record(() =>
          runTrace(
            instance.functions,
            data,
            (site) => {
              sites.set(site.name, site);
              influences.set(site.distribution, site.distribution.influences?.() ?? []);
              // Drawing is no part of what the text does with the value.
              return withHandler(unheard, () =>
                unrecorded(() => reads.ignore(() => site.distribution.sample(nodeNoise(noise, site.name)))),
              );
            },
            (layer) => layers.push(layer),
          ),
        ),
      );
    } finally {
      reads.stop();
    }
    try {
      const { value: trace, tape } = recorded;
      unrecorded(() => refuseInvalid(trace));
      return follow(instance, data, trace, tape, layers, sites, influences, reads.seen());
    } finally {
      recorded.release();
    }
  });
}

function follow(
  instance: ModelInstance,
  data: DataInputs,
  trace: Trace,
  tape: readonly TapeNode[],
  layers: readonly LayerSite[],
  sites: ReadonlyMap<string, SampleSite>,
  influences: ReadonlyMap<Distribution, readonly tf.Tensor[]>,
  opaque: boolean,
): Structure {
  /** Nearest named things behind a tensor. */
  const sources = new Map<number, ReadonlySet<string>>();
  const named = new Map<number, string>();
  for (const [name, tensor] of Object.entries(data)) named.set(tensor.id, `data:${name}`);
  for (const { name, variable } of instance.parameters) named.set(variable.id, `parameter:${name}`);
  for (const node of trace.nodes.values()) named.set(node.value.id, `node:${node.name}`);
  const layerNames = new Map<number, string>();
  layers.forEach((layer, index) => {
    const again = layers.slice(0, index).filter(({ name }) => name === layer.name).length;
    layerNames.set(layer.output.id, again === 0 ? layer.name : `${layer.name} (${again + 1})`);
  });
  const edges: GraphEdge[] = [];
  const edgeKeys = new Set<string>();
  const addEdge = (from: string, to: string): void => {
    if (edgeKeys.has(`${from}\n${to}`)) return;
    edgeKeys.add(`${from}\n${to}`);
    edges.push({ from, to });
  };
  const nearest = (tensor: tf.Tensor): ReadonlySet<string> => {
    const name = named.get(tensor.id);
    return name !== undefined ? new Set([name]) : (sources.get(tensor.id) ?? new Set());
  };
  for (const node of tape) {
    const behind = new Set<string>();
    for (const input of Object.values(node.inputs)) for (const source of nearest(input)) behind.add(source);
    for (const output of node.outputs) {
      const layer = layerNames.get(output.id);
      if (layer === undefined) {
        sources.set(output.id, behind);
      } else {
        for (const source of behind) addEdge(source, `layer:${layer}`);
        named.set(output.id, `layer:${layer}`);
      }
    }
  }
  const ofDistribution = (distribution: Distribution): Set<string> => {
    const behind = new Set<string>();
    for (const tensor of [...Object.values(distribution.parameters), ...(influences.get(distribution) ?? [])])
      for (const source of nearest(tensor)) behind.add(source);
    return behind;
  };

  const before: string[] = [];
  const isProgram = "program" in instance.functions;
  for (const node of trace.nodes.values()) {
    const behind = ofDistribution(node.distribution);
    if (opaque) for (const earlier of before) behind.add(`node:${earlier}`);
    for (const source of behind) addEdge(source, `node:${node.name}`);
    before.push(node.name);
  }
  for (const term of trace.terms) {
    const behind = new Set([...nearest(term.value), ...(term.distribution ? ofDistribution(term.distribution) : [])]);
    if (term.observed) for (const source of nearest(term.observed)) behind.add(source);
    if (term.kind === "prior") behind.add(`node:${term.name}`);
    if (opaque) for (const earlier of before) behind.add(`node:${earlier}`);
    for (const source of behind) addEdge(source, `term:${term.key}`);
  }

  // Transitive closure over nodes, along the edges.
  const incoming = new Map<string, string[]>();
  for (const { from, to } of edges) incoming.set(to, [...(incoming.get(to) ?? []), from]);
  const nodesBehind = (start: string, through: boolean): Set<string> => {
    const found = new Set<string>();
    const visited = new Set<string>();
    const visit = (key: string): void => {
      for (const from of incoming.get(key) ?? []) {
        if (visited.has(from)) continue;
        visited.add(from);
        if (from.startsWith("node:")) {
          found.add(from.slice(5));
          if (!through) continue;
        }
        visit(from);
      }
    };
    visit(start);
    return found;
  };
  const nodes = [...trace.nodes.keys()];
  const ancestors = new Map(nodes.map((name) => [name, nodesBehind(`node:${name}`, true)]));
  const parents = new Map(nodes.map((name) => [name, nodesBehind(`node:${name}`, false)]));
  const upstream = new Map<string, Set<string>>(
    trace.terms.map((term) => [term.key, nodesBehind(`term:${term.key}`, true)]),
  );
  for (const name of nodes) upstream.set(`entropy:${name}`, new Set([name, ...ancestors.get(name)!]));

  const noDivergence = new Map<string, string>();
  const noEntropy = new Map<string, string>();
  for (const term of trace.terms) {
    if (term.kind !== "prior" || !term.distribution) continue;
    const { name, distribution: prior } = term;
    const behind = upstream.get(term.key)!;
    const own = trace.nodes.get(name)!.distribution;
    // Given what is drawn after it, a node is no longer distributed as the guide draws it.
    const later = [...behind].find((other) => ancestors.get(other)?.has(name));
    if (later !== undefined) noDivergence.set(name, `the prior depends on "${later}", which is drawn after it`);
    else if (!klDivergence(own, prior))
      noDivergence.set(name, `the divergence of ${described(own)} from ${described(prior)} has none`);
    else upstream.set(`kl:${name}`, new Set([...behind].filter((other) => other !== name)));
    if (!entropy(own)) noEntropy.set(name, `the entropy of ${own.id} has none`);
    upstream.set(`negentropy:${name}`, new Set(ancestors.get(name)));
  }
  const asksForKl = instance.definition.options.analyticKl === true && !isProgram;
  const analyticKl = new Set(asksForKl ? nodes.filter((name) => !noDivergence.has(name)) : []);

  const values = new Map([...trace.nodes].map(([name, { value }]) => [name, value]));
  return {
    nodes,
    ancestors,
    parents,
    upstream,
    analyticKl,
    noDivergence,
    noEntropy,
    graph: describeGraph(instance, data, trace, layers, layerNames, edges, isProgram),
    hardOperations: hardOperations(values, tape),
    kinkedOperations: kinkedOperations(values, tape),
    asked: new Map(
      [...sites.values()].flatMap(({ name, estimator }) =>
        estimator === undefined ? [] : [[name, estimator] as const],
      ),
    ),
    distributions: new Map(
      [...trace.nodes.values()].map(({ name, distribution: { id, unitShape, statesPerUnit, eventRank } }) => [
        name,
        { id, unitShape, statesPerUnit: statesPerUnit ?? null, eventRank },
      ]),
    ),
  };
}

function described(distribution: Distribution): string {
  return "scaleTril" in distribution ? `${distribution.id} with full covariance` : distribution.id;
}

function describeGraph(
  instance: ModelInstance,
  data: DataInputs,
  trace: Trace,
  layers: readonly LayerSite[],
  layerNames: ReadonlyMap<number, string>,
  edges: readonly GraphEdge[],
  isProgram: boolean,
): ModelGraph {
  const nodes = new Map<string, GraphNode>();
  for (const [name, tensor] of Object.entries(data))
    nodes.set(`data:${name}`, { name, kind: "data", shape: tensor.shape.slice(2) });
  for (const { name, shape, source } of instance.parameters)
    nodes.set(`parameter:${name}`, { name, kind: "parameter", shape, ...(source ? { source } : {}) });
  for (const layer of layers) {
    const name = layerNames.get(layer.output.id)!;
    nodes.set(`layer:${name}`, {
      name,
      kind: "deterministic",
      shape: [layer.units],
      ...(layer.source ? { source: layer.source } : {}),
    });
  }
  for (const node of trace.nodes.values()) {
    nodes.set(`node:${node.name}`, {
      name: node.name,
      kind: "stochastic",
      role: isProgram ? "program" : "guide",
      distribution: node.distribution.id,
      shape: node.distribution.unitShape,
      ...(node.source ? { source: node.source } : {}),
    });
  }
  for (const term of trace.terms) {
    nodes.set(`term:${term.key}`, {
      name:
        term.kind === "prior" ? `log p(${term.name})` : term.kind === "observe" ? `log p(${term.name} | …)` : term.name,
      kind: term.kind === "observe" ? "observed" : "cost",
      role: term.role,
      shape: [],
      ...(term.distribution ? { distribution: term.distribution.id } : {}),
      ...(term.source ? { source: term.source } : {}),
    });
  }
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const kept = [...nodes].filter(([key, node]) => used.has(key) || node.kind !== "data");
  const keys = new Set(kept.map(([key]) => key));
  // Names identify graph nodes; a name that two kinds share is told apart by its kind.
  const count = new Map<string, number>();
  for (const [, node] of kept) count.set(node.name, (count.get(node.name) ?? 0) + 1);
  const naming = new Map(
    kept.map(([key, node]) => [
      key,
      count.get(node.name)! > 1 && node.kind !== "parameter" && node.kind !== "stochastic"
        ? `${node.name} (${node.kind})`
        : node.name,
    ]),
  );
  return {
    nodes: kept.map(([key, node]) => ({ ...node, name: naming.get(key)! })),
    edges: edges
      .filter(({ from, to }) => keys.has(from) && keys.has(to))
      .map(({ from, to }) => ({ from: naming.get(from)!, to: naming.get(to)! })),
  };
}

function numRows(data: DataInputs): number {
  const first = Object.values(data)[0];
  return first ? first.shape[1]! : 1;
}

/** Notices when tensors are read back, which hides what the values are used for. */
function watchReads(): { seen(): boolean; ignore<T>(f: () => T): T; stop(): void } {
  const prototype = tf.Tensor.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const methods = ["dataSync", "arraySync", "data", "array", "bufferSync", "buffer"] as const;
  const originals = methods.map((method) => prototype[method]!);
  let reading = false;
  let ignored = false;
  methods.forEach((method, i) => {
    prototype[method] = function (this: unknown, ...args: unknown[]): unknown {
      if (!ignored) reading = true;
      return originals[i]!.apply(this, args);
    };
  });
  return {
    seen: () => reading,
    ignore<T>(f: () => T): T {
      ignored = true;
      try {
        return f();
      } finally {
        ignored = false;
      }
    },
    stop: () => methods.forEach((method, i) => void (prototype[method] = originals[i]!)),
  };
}
