import type { RunSnapshot } from "../../../core/protocol/snapshot";
import type { ParameterVariance } from "../../../core/protocol/variance";

/** A parameter's variance with the fields that a test does not care about filled in. */
export function parameterVariance(
  name: string,
  monteCarlo: number | null,
  rest: Partial<ParameterVariance> = {},
): ParameterVariance {
  return {
    name,
    shape: [2],
    monteCarlo,
    data: monteCarlo === null ? null : monteCarlo / 4,
    total: monteCarlo === null ? null : monteCarlo * 1.25,
    snr: monteCarlo === null ? null : 3.1,
    interval: monteCarlo === null ? null : [monteCarlo * 0.9, monteCarlo * 1.6],
    level: 0.95,
    degreesOfFreedom: 100,
    draws: 200,
    ...rest,
  };
}

/** A belief net's run as an engine tells it: a dense layer, a prior, a sampled node, a decoder. */
export function beliefNet(rest: Partial<RunSnapshot> = {}): RunSnapshot {
  const at = (line: number): { file: string; line: number; column: number } => ({
    file: "/models/net.ts",
    line,
    column: 9,
  });
  return {
    runId: "run-1",
    state: "running",
    model: "net",
    file: "/models/net.ts",
    exportName: "default",
    objective: "elbo",
    estimator: "muprop-c",
    optimizer: "adam",
    dataset: "digits",
    backend: "cpu",
    seed: 1,
    batchSize: 10,
    step: 3,
    steps: 100,
    epoch: 0,
    epochs: null,
    stepsPerSecond: 12,
    diagnosticsShare: 0.08,
    loss: [
      [1, 200],
      [2, 190],
      [3, 180],
    ],
    evaluations: [],
    graph: {
      nodes: [
        { name: "encode/weight", kind: "parameter", shape: [784, 200], source: at(4) },
        { name: "encode/bias", kind: "parameter", shape: [200], source: at(4) },
        { name: "prior", kind: "parameter", shape: [200], source: at(6) },
        { name: "decode/weight", kind: "parameter", shape: [200, 784], source: at(5) },
        {
          name: "h",
          kind: "stochastic",
          distribution: "bernoulli",
          estimator: "muprop-c",
          shape: [200],
          source: at(9),
        },
        { name: "x", kind: "observed", distribution: "bernoulli", shape: [784], source: at(14) },
      ],
      edges: [
        { from: "encode/weight", to: "h" },
        { from: "encode/bias", to: "h" },
        { from: "h", to: "x" },
        { from: "decode/weight", to: "x" },
      ],
    },
    variance: [
      {
        step: 2,
        elapsedMs: 3,
        parameters: [
          parameterVariance("encode/weight", 6e-3),
          parameterVariance("encode/bias", 2e-3),
          parameterVariance("prior", 1e-3),
          parameterVariance("decode/weight", 1e-3),
        ],
      },
    ],
    trunks: null,
    changes: [],
    runFolder: null,
    message: null,
    ...rest,
  };
}
