import assert from "node:assert/strict";
import { test } from "node:test";
import { tf } from "../../core/backends/tf";
import { beta } from "../../core/distributions/beta";
import { dirichlet } from "../../core/distributions/dirichlet";
import { nodeNoise } from "../../core/distributions/distribution";
import { sampleGamma } from "../../core/distributions/gammaSampler";
import { logGamma } from "../../core/numerics/special/scalar/logGamma";
import { Noise } from "../../core/random/noise";
import { costs } from "./continuousFamilies";
import { costRows, type MakeDistribution, type Parameters } from "./continuousRows";
import { leavesNoTensors } from "../support/leavesNoTensors";
import { startTestBackend } from "../support/testBackend";

/**
 * The series of generalized stochastic backpropagation cut at an order, against its known value by quadrature over the simplex, term by term.
 *
 * With z = ζ/Σζ of gammas ζ_k, term n in α_k is E[∂ⁿf/∂ζ_kⁿ]/n (seed 3, eq. 20 and 21). By parts, without a derivative of f:
 * E[∂ⁿf/∂ζⁿ] = E[f · (−1)ⁿ q⁽ⁿ⁾/q] = Σ_j C(n, j) (−1)ʲ (α − 1)…(α − j) E[f ζ⁻ʲ] for α > n, here far above it so that the poles of ζ⁻ʲ weigh little; and the sum Σζ, a gamma variable of shape
 * A = Σα, is independent of z: E[f ζ_k⁻ʲ] = E[f z_k⁻ʲ] / ((A − 1)…(A − j)).
 *
 * An estimate's term n is (Σζ)⁻ⁿ times a function of z, with a sum of its own noise. That sum is drawn again here from the same
 * keys, and its power replaced by its mean, so that quadrature over z is all there is: no estimate of this file is sampled.
 */
leavesNoTensors(startTestBackend);

const order = 4;

interface Simplex {
  /** Points, row-major [rows, K], as the engine gets them. */
  readonly points: Float32Array;
  readonly weights: Float64Array;
}

/** Nodes and weights of a beta variable: the trapezoidal rule over its logit. */
function betaNodes(a: number, b: number): readonly (readonly [z: number, weight: number])[] {
  const step = 0.35;
  const constant = logGamma(a + b) - logGamma(a) - logGamma(b);
  return Array.from({ length: 41 }, (_, i) => {
    const t = (i - 20) * step;
    const z = 1 / (1 + Math.exp(-t));
    return [z, step * Math.exp(constant - a * Math.log1p(Math.exp(-t)) - b * Math.log1p(Math.exp(t)))] as const;
  });
}

/** Nodes of a Dirichlet variable of two or three components: breaks of a stick, one rule inside the other. */
function simplex(alpha: readonly number[]): Simplex {
  const [first, ...rest] = alpha as [number, ...number[]];
  const nodes = betaNodes(
    first,
    rest.reduce((sum, a) => sum + a, 0),
  );
  const inner = rest.length === 1 ? [[1, 1] as const] : betaNodes(rest[0]!, rest[1]!);
  const points: number[] = [];
  const weights: number[] = [];
  for (const [z, w] of nodes) {
    for (const [share, v] of inner) {
      points.push(z, ...(rest.length === 1 ? [1 - z] : [(1 - z) * share, (1 - z) * (1 - share)]));
      weights.push(w * v);
    }
  }
  return { points: Float32Array.from(points), weights: Float64Array.from(weights) };
}

const falling = (x: number, j: number): number => (j === 0 ? 1 : x * falling(x - 1, j - 1));
const binomial = (n: number, j: number): number => falling(n, j) / falling(j, j);
const smooth = costs.filter(({ kinked }) => !kinked);

/** Term n in α_k of E f. */
function knownTerm(
  { points, weights }: Simplex,
  alpha: readonly number[],
  k: number,
  n: number,
  f: (z: readonly number[]) => number,
): number {
  const K = alpha.length;
  const total = alpha.reduce((sum, a) => sum + a, 0);
  let sum = 0;
  weights.forEach((w, i) => {
    const z = Array.from(points.subarray(i * K, (i + 1) * K));
    let factor = 0;
    for (let j = 0; j <= n; j++)
      factor += (binomial(n, j) * (-1) ** j * falling(alpha[k]! - 1, j)) / falling(total - 1, j) / z[k]! ** j;
    sum += w * f(z) * factor;
  });
  return sum / n;
}

/** Mean of a term over the nodes, and of its absolute value. */
interface Term {
  readonly mean: number;
  readonly magnitude: number;
}

/** The engine's terms 1 to `order` of every parameter element, means over the nodes: estimates of successive orders, subtracted. */
function engineTerms(
  make: MakeDistribution,
  parameters: Parameters,
  f: (z: tf.Tensor) => tf.Tensor,
  values: Float32Array,
  weights: Float64Array,
  total: number,
): Record<string, readonly Term[]>[] {
  const numRows = weights.length;
  const noise = nodeNoise(
    new Noise({ seed: 1, step: 0, numSamples: 1, numRows, replicates: 1, firstReplicate: 0 }),
    "z",
  );
  const own = { uniform: (units: readonly number[], stream = 0) => noise.uniform(units, 512 + stream) };
  const shape = tf.scalar(total);
  const sums = sampleGamma(own, [1], shape).values;
  shape.dispose();
  const upTo = Array.from({ length: order }, (_, i) =>
    costRows(`gsb(order=${i + 1})`, make, parameters, f, { numRows, values }),
  );
  return upTo.map((rows, i) =>
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => {
        const size = row.length / numRows;
        const terms = Array.from({ length: size }, () => ({ mean: 0, magnitude: 0 }));
        row.forEach((value, e) => {
          const r = Math.floor(e / size);
          const term = value - (upTo[i - 1]?.[name]![e] ?? 0);
          const share = (weights[r]! * term * sums[r]! ** (i + 1)) / falling(total - 1, i + 1);
          terms[e % size]!.mean += share;
          terms[e % size]!.magnitude += Math.abs(share);
        });
        return [name, terms];
      }),
    ),
  );
}

/** Terms are differences of estimates in float32, each with an error of 1e-7 of the first term. */
function close({ mean, magnitude }: Term, expected: number, what: string): void {
  assert.ok(Math.abs(mean - expected) < 1e-5 * (magnitude + 0.02), `${what}: ${mean}, expected ${expected}`);
}

for (const { id, tensor, number } of smooth) {
  test(`beta, eq. 20: every term of the series of ${id} up to order ${order}, by quadrature`, () => {
    const alpha = [7.5, 6.75];
    const nodes = simplex(alpha);
    const values = nodes.points.filter((_, i) => i % 2 === 0);
    const make: MakeDistribution = (p) => beta({ alpha: p.alpha!, beta: p.beta! });
    const parameters = { alpha: [alpha[0]!], beta: [alpha[1]!] };
    const terms = engineTerms(make, parameters, tensor, values, nodes.weights, 14.25);
    terms.forEach((found, i) => {
      for (const [k, name] of (["alpha", "beta"] as const).entries())
        close(
          found[name]![0]!,
          knownTerm(nodes, alpha, k, i + 1, ([z]) => number(z!)),
          `${name}, term ${i + 1}`,
        );
    });
  });

  for (const alpha of [
    [7.5, 6.75],
    [7.5, 6.75, 8.25],
  ]) {
    test(`Dirichlet of ${alpha.length}, eq. 21: every term of the series of ${id} of a linear form up to order ${order}, by quadrature`, () => {
      const form = [0.4, -0.9, 1.3].slice(0, alpha.length);
      const nodes = simplex(alpha);
      const terms = engineTerms(
        (p) => dirichlet({ concentration: p.concentration! }),
        { concentration: alpha },
        (z) => tensor(tf.sum(tf.mul(z, form), -1, true)),
        nodes.points,
        nodes.weights,
        alpha.reduce((sum, a) => sum + a, 0),
      );
      terms.forEach((found, i) => {
        alpha.forEach((_, k) =>
          close(
            found.concentration![k]!,
            knownTerm(nodes, alpha, k, i + 1, (z) => number(z.reduce((sum, x, j) => sum + x * form[j]!, 0))),
            `component ${k}, term ${i + 1}`,
          ),
        );
      });
    });
  }
}
