/** Test fixture: a made-up but plausible run of the 784-200-784 belief net, the same at every call. Never shipped. */
import type { GraphNode } from "../../core/protocol/graph";
import type { RunSnapshot } from "../../core/protocol/snapshot";
import type { TrunkExpansion, TrunkLayer, TrunkRecord } from "../../core/protocol/trunks";
import type { ParameterVariance, VarianceRecord } from "../../core/protocol/variance";

/** Deterministic noise of 0 to 1 (mulberry32), good enough to make pictures. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Shape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly monteCarlo: number;
}

const beliefNet: readonly Shape[] = [
  { name: "encode/weight", shape: [784, 200], scale: 98, monteCarlo: 0.93 },
  { name: "encode/bias", shape: [200], scale: 1.1, monteCarlo: 0.9 },
  { name: "decode/weight", shape: [200, 784], scale: 6.4, monteCarlo: 0.28 },
  { name: "decode/bias", shape: [784], scale: 0.11, monteCarlo: 0.12 },
  { name: "prior", shape: [200], scale: 0.021, monteCarlo: 0.55 },
];

function manyParameters(count: number): readonly Shape[] {
  const random = generator(5);
  return Array.from({ length: count }, (_, index) => ({
    name: `layer${String(Math.floor(index / 2) + 1).padStart(3, "0")}/${index % 2 === 0 ? "weight" : "bias"}`,
    shape: index % 2 === 0 ? [64, 64] : [64],
    scale: 10 ** (random() * 6 - 4),
    monteCarlo: random(),
  }));
}

export function varianceRecord(shapes: readonly Shape[], step: number, random: () => number): VarianceRecord {
  const settle = (step < 1200 ? 1 : 0.22) * (0.25 + Math.exp(-step / 900));
  return {
    step,
    elapsedMs: 3.1,
    parameters: shapes.map(({ name, shape, scale, monteCarlo: share }): ParameterVariance => {
      const total = scale * settle * Math.exp((random() - 0.5) * 0.5);
      const monteCarlo = total * share;
      const known = step > 0;
      return {
        name,
        shape,
        monteCarlo,
        data: known ? total - monteCarlo : null,
        total: known ? total : null,
        snr: known ? (0.35 / Math.sqrt(1 + step / 400)) * (0.8 + 0.4 * random()) * (1.4 - share) : null,
        interval: known ? [monteCarlo * 0.82, monteCarlo * 1.27] : null,
        level: 0.95,
        degreesOfFreedom: 100,
        draws: 200,
      };
    }),
  };
}

const file = "/workspace/sbn-200.ts";
const at = (line: number) => ({ file, line, column: 5 });

const graphNodes: readonly GraphNode[] = [
  { name: "x", kind: "data", shape: [784] },
  { name: "encode/weight", kind: "parameter", shape: [784, 200], source: at(4) },
  { name: "encode/bias", kind: "parameter", shape: [200], source: at(4) },
  { name: "decode/weight", kind: "parameter", shape: [200, 784], source: at(5) },
  { name: "decode/bias", kind: "parameter", shape: [784], source: at(5) },
  { name: "prior", kind: "parameter", shape: [200], source: at(6) },
  { name: "encode", kind: "deterministic", shape: [200], source: at(9) },
  { name: "decode", kind: "deterministic", shape: [784], source: at(13) },
  {
    name: "h",
    kind: "stochastic",
    role: "guide",
    distribution: "bernoulli",
    estimator: "muprop-c",
    shape: [200],
    source: at(9),
  },
  { name: "log p(h)", kind: "cost", role: "model", distribution: "bernoulli", shape: [], source: at(12) },
  { name: "log p(x | …)", kind: "observed", role: "model", distribution: "bernoulli", shape: [], source: at(13) },
];

const graphEdges = [
  ["x", "encode"],
  ["encode/weight", "encode"],
  ["encode/bias", "encode"],
  ["encode", "h"],
  ["h", "decode"],
  ["decode/weight", "decode"],
  ["decode/bias", "decode"],
  ["h", "log p(h)"],
  ["prior", "log p(h)"],
  ["decode", "log p(x | …)"],
  ["x", "log p(x | …)"],
].map(([from = "", to = ""]) => ({ from, to }));

/** A ring of ink, 28 × 28, as a stand-in for a digit. */
function ring(shift: number, soft: number): Float32Array {
  return Float32Array.from({ length: 784 }, (_, index) => {
    const x = (index % 28) - 13.5;
    const y = Math.floor(index / 28) - 13.5 + shift;
    const distance = Math.abs(Math.hypot(x * 1.35, y) - 8.5);
    return soft > 0 ? 1 / (1 + Math.exp((distance - 1.6) / soft)) : distance < 1.6 ? 1 : 0;
  });
}

export function trunkRecord(step: number, example: number): TrunkRecord {
  const random = generator(example + 11);
  const meanField = Float32Array.from({ length: 200 }, () => (random() < 0.5 ? random() * 0.15 : 0.2 + random() * 0.8));
  const hidden: TrunkLayer = {
    node: "h",
    distribution: "bernoulli",
    shape: [200],
    meanField,
    sample: meanField.map((p) => (random() < p ? 1 : 0)),
    sampleMean: meanField.map((p) => Math.min(1, Math.max(0, p + (random() - 0.5) * 0.24))),
    distance: 0.0712,
    distanceNoise: 0.0031,
    expansion: trunkExpansion(meanField, random),
  };
  const pixels = ring(example % 4, 0.7);
  const output: TrunkLayer = {
    node: "x",
    distribution: "bernoulli",
    shape: [784],
    image: [28, 28],
    meanField: pixels,
    sample: pixels.map((p) => (random() < p ? 1 : 0)),
    sampleMean: ring(example % 4, 1.1),
    distance: 0.1043,
    distanceNoise: 0.0052,
  };
  return {
    step,
    example,
    samples: 16,
    data: [{ name: "x", shape: [784], image: [28, 28], values: ring(example % 4, 0) }],
    layers: [hidden, output],
    meanFieldLoss: 101.72 + example,
    sampledLoss: 104.31 + example,
    sampledLossStandardError: 0.86,
  };
}

/** What an expansion of a cost of about 104 nats looks like. */
function trunkExpansion(meanField: Float32Array, random: () => number): TrunkExpansion {
  const slope = meanField.map(() => (random() - 0.5) * 8);
  const correction = slope.map((value, unit) => value * meanField[unit]! * (1 - meanField[unit]!));
  return {
    ...{ meanFieldCost: 101.72, cost: 104.31, costDeviation: 6.87, residual: 2.64, residualDeviation: 3.12 },
    explained: 1 - (3.12 / 6.87) ** 2,
    slope,
    correction,
    residualTerm: correction.map((value) => value * (random() - 0.4) * 0.6),
    residualTermDeviation: meanField.map((p) => 3.1 * Math.sqrt(p * (1 - p)) * (0.8 + random() * 0.4)),
  };
}

export interface FixtureOptions {
  readonly steps?: number;
  /** Steps between two measurements of the variance. */
  readonly interval?: number;
  /** Instead of the belief net's five parameters. */
  readonly parameters?: number;
}

/** A run with everything measured, its estimator changed at step 1200. */
export function panelSnapshot({ steps = 2400, interval = 10, parameters }: FixtureOptions = {}): RunSnapshot {
  const random = generator(42);
  const shapes = parameters === undefined ? beliefNet : manyParameters(parameters);
  const loss = Array.from({ length: steps }, (_, step): readonly [number, number] => [
    step + 1,
    96 + 110 * Math.exp(-step / 160) + 32 * Math.exp(-step / 1100) + (random() - 0.5) * 9,
  ]);
  return {
    runId: "run-1",
    state: "running",
    model: parameters === undefined ? "sbn-200" : `wide-${parameters}`,
    file,
    exportName: "default",
    objective: "elbo",
    estimator: "muprop-c",
    optimizer: "adam",
    dataset: "binarized-mnist",
    backend: "wasm",
    seed: 1,
    batchSize: 100,
    step: steps,
    steps: 10_000,
    epoch: Math.floor(steps / 500),
    epochs: 20,
    stepsPerSecond: 41.37,
    diagnosticsShare: 0.0874,
    loss,
    evaluations: Array.from({ length: Math.floor(steps / 500) }, (_, index) => (index + 1) * 500).flatMap((step) => [
      { step, name: "test/elbo", value: -97 - 38 * Math.exp(-step / 1100), standardError: 0.62, samples: 1 },
      { step, name: "validation/elbo", value: -98.4 - 38 * Math.exp(-step / 1100), standardError: 0.61, samples: 1 },
    ]),
    graph: { nodes: graphNodes, edges: graphEdges },
    variance: Array.from({ length: Math.floor(steps / interval) }, (_, index) =>
      varianceRecord(shapes, index * interval, random),
    ),
    trunks: trunkRecord(steps, 3),
    changes: [{ step: 1200, estimator: "muprop-c" }],
    runFolder: "/workspace/gradlens-runs/run-1",
    message: null,
  };
}
