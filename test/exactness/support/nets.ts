import type { Net, Site } from "./net";
import type { PlainObjective } from "./plainNet";

/** A net under an objective with S samples. */
export interface NetCase {
  readonly name: string;
  readonly net: Net;
  readonly objective: PlainObjective;
  readonly samples: number;
}

const bits = (name: string, units: number, ...from: string[]): Site => ({ name, units, from });
const category = (name: string, states: number, ...from: string[]): Site => ({ name, units: 1, states, from });
const x = [
  [1, 0],
  [1, 1],
];

/** a → b, a → c; costs at b, at c and at both, none of them quadratic. */
const branching: Net = {
  name: "branching",
  nodes: [bits("a", 2), bits("b", 1, "a"), category("c", 3, "a")],
  observed: [],
  costs: [
    { ...bits("f", 1, "b"), shape: "exp" },
    { ...bits("g", 1, "a", "c"), shape: "cube" },
    { ...bits("k", 2, "b", "c"), shape: "exp" },
  ],
};

/** q: a, a → b, (a, b) → c. p from the other end, so that no divergence has a closed form but c's. */
const bottomUp: Net = {
  name: "bottom-up",
  nodes: [bits("a", 1, "x"), bits("b", 2, "a", "x"), category("c", 3, "a")],
  priors: [category("c", 3), bits("b", 2, "c"), bits("a", 1, "b", "c")],
  observed: [bits("x", 2, "a", "b")],
  costs: [{ ...bits("k", 1, "c"), shape: "exp" }],
  x,
};

/** p and q in the same order: every divergence has a closed form. */
const topDown: Net = {
  name: "top-down",
  nodes: [bits("a", 2, "x"), category("b", 3, "a", "x"), bits("c", 1, "a", "x")],
  priors: [bits("a", 2), category("b", 3, "a"), bits("c", 1, "a", "b")],
  observed: [bits("x", 2, "b", "c")],
  costs: [{ ...bits("k", 1, "a"), shape: "cube" }],
  x,
};

const layers: Net = {
  name: "three layers",
  nodes: [bits("a", 2, "x"), bits("b", 2, "a"), bits("c", 1, "b")],
  priors: [bits("c", 1), bits("b", 2, "c"), bits("a", 2, "b")],
  observed: [bits("x", 2, "a")],
  costs: [],
  x,
};

/** Outputs are observed at two places of the graph; d is drawn for nothing. */
const outputs: Net = {
  name: "two outputs",
  nodes: [bits("a", 1, "x"), bits("b", 1, "a", "x"), category("c", 3, "a"), bits("d", 1, "c")],
  observed: [bits("y", 2, "b"), bits("z", 1, "c", "x")],
  costs: [],
  x,
};

/** Small enough for bounds of two samples, and with bits alone of three. */
const small = (c: (...from: string[]) => Site): Net => ({
  name: "small",
  nodes: [bits("a", 1, "x"), bits("b", 1, "a"), c("a")],
  priors: [c(), bits("b", 1, "c"), bits("a", 1, "b", "c")],
  observed: [bits("x", 1, "a", "c")],
  costs: [],
  x: [[1], [0]],
});
const smallBits = small((...from) => bits("c", 1, ...from));
const smallCategory = small((...from) => category("c", 3, ...from));

/** One layer, for bounds of many samples. */
const broad: Net = {
  name: "one layer",
  nodes: [bits("a", 2, "x")],
  observed: [bits("y", 2, "a")],
  costs: [],
  x,
};

const closed = (net: Net): Net => ({ ...net, name: `${net.name}, closed form`, analyticKl: true });

export const netCases: readonly NetCase[] = [
  { name: "costs at different nodes of a DAG", net: branching, objective: "expected-cost", samples: 1 },
  { name: "a bottom-up ELBO on a DAG", net: bottomUp, objective: "elbo", samples: 1 },
  { name: "a bottom-up ELBO, divergence in closed form", net: closed(bottomUp), objective: "elbo", samples: 1 },
  { name: "a top-down ELBO, divergence in closed form", net: closed(topDown), objective: "elbo", samples: 1 },
  { name: "a three-layer ELBO", net: layers, objective: "elbo", samples: 1 },
  { name: "a DAG's ELBO of two samples", net: smallBits, objective: "elbo", samples: 2 },
  { name: "IWAE on a DAG, K = 2", net: smallCategory, objective: "iwae", samples: 2 },
  { name: "IWAE on a small DAG, K = 3", net: smallBits, objective: "iwae", samples: 3 },
  { name: "IWAE on a small DAG, K = 1", net: smallBits, objective: "iwae", samples: 1 },
  {
    name: "structured prediction with two outputs, m = 1",
    net: outputs,
    objective: "structured-prediction",
    samples: 1,
  },
  {
    name: "structured prediction with two outputs, m = 2",
    net: outputs,
    objective: "structured-prediction",
    samples: 2,
  },
];

/** 20 samples: more joint states than the engine enumerates, few multisets. */
export const manySamples: NetCase = {
  name: "structured prediction, m = 20",
  net: broad,
  objective: "structured-prediction",
  samples: 20,
};
