import { logGamma } from "../../core/numerics/special/scalar/logGamma";
import { tf } from "../../core/backends/tf";
import { beta } from "../../core/distributions/beta";
import { gamma } from "../../core/distributions/gamma";
import { gumbel } from "../../core/distributions/gumbel";
import { laplace } from "../../core/distributions/laplace";
import { logistic } from "../../core/distributions/logistic";
import { lognormal } from "../../core/distributions/lognormal";
import { mixture } from "../../core/distributions/mixture";
import { normal } from "../../core/distributions/normal";
import type { MakeDistribution } from "./continuousRows";

/** A distribution of one unit with what quadrature needs, written apart from the product's code. */
export interface Family {
  readonly id: string;
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly make: MakeDistribution;
  /** Costs without the moments that mean or variance need. */
  readonly without?: readonly string[];
  logDensity(z: number, p: Readonly<Record<string, readonly number[]>>): number;
  /** z(t) and dz/dt on branches over which the trapezoidal rule converges fast. */
  readonly branches: readonly {
    readonly from: number;
    readonly to: number;
    readonly z: (t: number) => number;
    readonly slope: (t: number) => number;
  }[];
}

const line = (center: number, width: number, from: number, to: number): Family["branches"][number] => ({
  from,
  to,
  z: (t) => center + width * t,
  slope: () => width,
});
const positive = (scale: number, from: number, to: number, sign = 1, origin = 0): Family["branches"][number] => ({
  from,
  to,
  z: (t) => origin + sign * scale * Math.exp(t),
  slope: (t) => scale * Math.exp(t),
});
const normalLog = (z: number, mean: number, std: number): number =>
  -0.5 * ((z - mean) / std) ** 2 - Math.log(std) - 0.5 * Math.log(2 * Math.PI);
const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t));

export const families: readonly Family[] = [
  {
    id: "normal",
    parameters: { mean: [0.4], std: [0.7] },
    make: (p) => normal({ mean: p.mean!, std: p.std! }),
    logDensity: (z, p) => normalLog(z, p.mean![0]!, p.std![0]!),
    branches: [line(0.4, 0.7, -12, 12)],
  },
  {
    id: "laplace",
    parameters: { location: [0.3], scale: [0.4] },
    make: (p) => laplace({ location: p.location!, scale: p.scale! }),
    logDensity: (z, p) => -Math.abs(z - p.location![0]!) / p.scale![0]! - Math.log(2 * p.scale![0]!),
    branches: [positive(0.4, -36, 5, 1, 0.3), positive(0.4, -36, 5, -1, 0.3)],
  },
  {
    id: "logistic",
    parameters: { location: [0.3], scale: [0.3] },
    make: (p) => logistic({ location: p.location!, scale: p.scale! }),
    logDensity: (z, p) => {
      const e = (z - p.location![0]!) / p.scale![0]!;
      return -e - 2 * Math.log1p(Math.exp(-e)) - Math.log(p.scale![0]!);
    },
    branches: [line(0.3, 0.3, -100, 100)],
  },
  {
    id: "gumbel",
    parameters: { location: [0.2], scale: [0.3] },
    make: (p) => gumbel({ location: p.location!, scale: p.scale! }),
    logDensity: (z, p) => {
      const e = (z - p.location![0]!) / p.scale![0]!;
      return -e - Math.exp(-e) - Math.log(p.scale![0]!);
    },
    branches: [line(0.2, 0.3, -7, 100)],
  },
  {
    id: "lognormal",
    parameters: { location: [-0.2], scale: [0.4] },
    make: (p) => lognormal({ location: p.location!, scale: p.scale! }),
    without: ["exp"],
    logDensity: (z, p) => normalLog(Math.log(z), p.location![0]!, p.scale![0]!) - Math.log(z),
    branches: [positive(Math.exp(-0.2), -4.8, 4.8)],
  },
  {
    id: "gamma",
    parameters: { concentration: [1.7], scale: [0.3] },
    make: (p) => gamma({ concentration: p.concentration!, scale: p.scale! }),
    logDensity: (z, p) =>
      (p.concentration![0]! - 1) * Math.log(z) -
      z / p.scale![0]! -
      logGamma(p.concentration![0]!) -
      p.concentration![0]! * Math.log(p.scale![0]!),
    branches: [positive(0.3, -40, 5)],
  },
  {
    id: "gamma",
    parameters: { concentration: [0.6], rate: [3] },
    make: (p) => gamma({ concentration: p.concentration!, rate: p.rate! }),
    logDensity: (z, p) =>
      (p.concentration![0]! - 1) * Math.log(z) -
      z * p.rate![0]! -
      logGamma(p.concentration![0]!) +
      p.concentration![0]! * Math.log(p.rate![0]!),
    branches: [positive(0.3, -60, 5)],
  },
  {
    id: "beta",
    parameters: { alpha: [1.4], beta: [2.2] },
    make: (p) => beta({ alpha: p.alpha!, beta: p.beta! }),
    logDensity: (z, p) => {
      const [a, b] = [p.alpha![0]!, p.beta![0]!];
      return (a - 1) * Math.log(z) + (b - 1) * Math.log1p(-z) + logGamma(a + b) - logGamma(a) - logGamma(b);
    },
    branches: [{ from: -40, to: 16, z: sigmoid, slope: (t) => sigmoid(t) * sigmoid(-t) }],
  },
  {
    id: "mixture",
    parameters: { logits: [0.3, -0.4], mean: [-0.8, 1.1], std: [0.5, 0.9] },
    make: (p) =>
      mixture({
        logits: tf.expandDims(p.logits!, -2),
        components: normal({ mean: tf.expandDims(p.mean!, -2), std: tf.expandDims(p.std!, -2) }),
      }),
    logDensity: (z, p) => {
      const weights = p.logits!.map(Math.exp);
      const total = weights.reduce((sum, w) => sum + w, 0);
      return Math.log(
        weights.reduce((sum, w, m) => sum + (w / total) * Math.exp(normalLog(z, p.mean![m]!, p.std![m]!)), 0),
      );
    },
    branches: [line(0, 0.7, -18, 18)],
  },
];

export interface Cost {
  readonly id: string;
  readonly tensor: (z: tf.Tensor) => tf.Tensor;
  readonly number: (z: number) => number;
  /** Its derivative jumps, so that the rule errs by one node's weight at each jump. */
  readonly kinked?: boolean;
}

/** Costs that tell estimators apart; the last one has kinks. */
export const costs: readonly Cost[] = [
  { id: "square", tensor: (z) => tf.square(z), number: (z) => z * z },
  { id: "cube", tensor: (z) => tf.mul(z, tf.square(z)), number: (z) => z ** 3 },
  { id: "exp", tensor: (z) => tf.exp(z), number: (z) => Math.exp(z) },
  { id: "sin", tensor: (z) => tf.sin(z), number: (z) => Math.sin(z) },
  { id: "log1p(z²)", tensor: (z) => tf.log1p(tf.square(z)), number: (z) => Math.log1p(z * z) },
  {
    id: "ReLU net",
    tensor: (z) => tf.sub(tf.relu(tf.sub(tf.mul(z, 2), 0.5)), tf.mul(tf.relu(tf.add(z, 0.3)), 0.7)),
    number: (z) => Math.max(0, 2 * z - 0.5) - 0.7 * Math.max(0, z + 0.3),
    kinked: true,
  },
];

/** Nodes and weights of E[g(z)] under a family: float32 nodes, weights that include the density. */
export function quadrature(
  family: Family,
  nodesPerBranch = 2000,
): { readonly z: Float32Array; readonly weight: Float64Array } {
  const z: number[] = [];
  const weight: number[] = [];
  for (const branch of family.branches) {
    const step = (branch.to - branch.from) / nodesPerBranch;
    for (let i = 0; i <= nodesPerBranch; i++) {
      const t = branch.from + i * step;
      const at = branch.z(t);
      const w = Math.exp(family.logDensity(at, family.parameters)) * branch.slope(t) * step;
      if (!(w > 1e-30) || (family.id === "beta" && Math.fround(at) === 1)) continue;
      z.push(Math.fround(at));
      weight.push(w);
    }
  }
  return { z: Float32Array.from(z), weight: Float64Array.from(weight) };
}

/** ∂E[f]/∂θ = ∫ f ∂q/∂θ by quadrature in double precision, ∂ log q/∂θ by a four-point difference. */
export function exactGradient(
  family: Family,
  f: (z: number) => number,
  nodes = quadrature(family),
): Record<string, number[]> {
  const out: Record<string, number[]> = {};
  for (const [name, values] of Object.entries(family.parameters)) {
    out[name] = values.map((value, k) => {
      const h = 1e-3 * Math.max(0.1, Math.abs(value));
      const at = (x: number): Record<string, readonly number[]> => ({
        ...family.parameters,
        [name]: values.map((other, j) => (j === k ? x : other)),
      });
      const shifted = [-2, -1, 1, 2].map((m) => at(value + m * h));
      let sum = 0;
      nodes.z.forEach((z, i) => {
        const [a, b, c, d] = shifted.map((p) => family.logDensity(z, p)) as [number, number, number, number];
        sum += nodes.weight[i]! * f(z) * ((a - 8 * b + 8 * c - d) / (12 * h));
      });
      return sum;
    });
  }
  return out;
}
