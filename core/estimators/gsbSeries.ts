import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Dirichlet } from "../distributions/dirichlet";
import type { Beta } from "../distributions/beta";
import type { Gamma } from "../distributions/gamma";
import { sampleGamma } from "../distributions/gammaSampler";
import type { LocationScale } from "../distributions/locationScale";
import type { MultivariateNormal } from "../distributions/multivariateNormal";
import type { SurrogateContext } from "./estimator";

/** First stream of the gammas behind a beta or Dirichlet value. */
const totalStream = 512;

/** The curves along which a distribution's units move and the series' coefficients, one per curve on the last axis. */
export interface GsbSeries {
  /** The value at a shift, `[S', B', width]` → `[S', B', …]`, S' a multiple of S. */
  at(shift: tf.Tensor): tf.Tensor;
  /** Curve c is a shift t d_c, `[C, width]`. */
  readonly directions: tf.Tensor2D;
  /** A_n, broadcastable to `[S, B', C]`, with gradients to the parameters; null where it is zero. */
  coefficient(n: number): tf.Tensor | null;
  /** The derivative after which nothing follows, whatever the cost; null for infinite series. */
  readonly exactAt: number | null;
  /** log E e^{cz} as a function of c, `[S, B', C]`: the whole series of an exponential cost. */
  logMoment?(c: tf.Tensor): tf.Tensor;
}

export function gsbSeries(context: Pick<SurrogateContext, "distribution" | "value" | "noise">): GsbSeries {
  const { distribution, value } = context;
  switch (distribution.id) {
    case "normal":
      return "scaleTril" in distribution
        ? fullNormal(distribution as MultivariateNormal, value)
        : { ...axes(value), exactAt: 2, coefficient: (n) => normalCoefficient(distribution as LocationScale, n) };
    case "dirac":
      return {
        ...axes(value),
        exactAt: 1,
        coefficient: (n) => (n === 1 ? tf.add(distribution.parameters.value!, 0) : null),
      };
    case "laplace":
      return laplace(distribution as LocationScale, value);
    case "gamma":
      return gamma(distribution as Gamma, value);
    case "beta":
      return beta(distribution as Beta, context);
    default:
      return dirichlet(distribution as Dirichlet, context);
  }
}

/** One curve z + t e_j for every unit j. */
function axes(value: tf.Tensor): Pick<GsbSeries, "directions" | "at"> {
  return along(value, tf.eye(value.shape[value.rank - 1]!));
}

/** One curve z + t d for every row d of `directions` `[C, units]`. */
function along(value: tf.Tensor, directions: tf.Tensor2D): Pick<GsbSeries, "directions" | "at"> {
  return { directions, at: (shift) => tf.add(repeated(value, shift), shift) };
}

/** As many copies of the samples as a shift is for. */
function repeated(x: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const copies = shift.shape[0]! / x.shape[0]!;
  return copies === 1 ? x : tf.tile(x, [copies, 1, 1]);
}

function normalCoefficient({ location, scale }: LocationScale, n: number): tf.Tensor | null {
  if (n === 1) return tf.add(location, tf.zerosLike(scale));
  return n === 2 ? tf.mul(tf.add(tf.square(scale), tf.zerosLike(location)), 0.5) : null;
}

/** ½ Tr(Σ H) by second derivatives along e_i and e_i + e_j: H_ij = ½ (D²_{i+j} − D²_i − D²_j). */
function fullNormal({ location, scaleTril, unitShape }: MultivariateNormal, value: tf.Tensor): GsbSeries {
  const D = unitShape[0]!;
  const pairs = Array.from({ length: D }, (_, i) => Array.from({ length: i }, (__, j) => [i, j] as const)).flat();
  const directions = [...Array.from({ length: D }, (_, i) => [i]), ...pairs.map(([i, j]) => [i, j])];
  const matrix = Float32Array.from({ length: directions.length * D }, (_, k) =>
    directions[Math.floor(k / D)]!.includes(k % D) ? 1 : 0,
  );
  // Weight of Σ_ab in each direction's coefficient, [D·D, C].
  const weights = new Float32Array(D * D * directions.length);
  const put = (a: number, b: number, direction: number, weight: number): void =>
    void (weights[(a * D + b) * directions.length + direction]! += weight);
  for (let i = 0; i < D; i++) put(i, i, i, 0.5);
  pairs.forEach(([i, j], p) => {
    for (const [direction, weight] of [
      [D + p, 0.5],
      [i, -0.5],
      [j, -0.5],
    ] as const)
      put(i, j, direction, weight); // Σ_ij H_ij, both triangles
  });
  return {
    ...along(value, tf.tensor2d(matrix, [directions.length, D])),
    exactAt: 2,
    coefficient(n) {
      if (n === 1)
        return tf
          .pad(tf.reshape(tf.add(location, tf.zeros([D])), [-1, D]) as tf.Tensor2D, [
            [0, 0],
            [0, pairs.length],
          ])
          .reshape([...location.shape.slice(0, -1), directions.length]);
      if (n !== 2) return null;
      const lower = tf.mul(
        scaleTril,
        tf.tensor2d(
          Float32Array.from({ length: D * D }, (_, i) => (i % D <= Math.floor(i / D) ? 1 : 0)),
          [D, D],
        ),
      );
      const covariance = tf.matMul(lower, lower, false, true);
      const flat = tf.matMul(
        tf.reshape(covariance, [-1, D * D]) as tf.Tensor2D,
        tf.tensor2d(weights, [D * D, directions.length]),
      );
      return tf.reshape(flat, [...scaleTril.shape.slice(0, -2), directions.length]);
    },
  };
}

function laplace({ location, scale }: LocationScale, value: tf.Tensor): GsbSeries {
  const wideLocation = (): tf.Tensor => tf.add(location, tf.zerosLike(scale));
  return {
    ...axes(value),
    exactAt: null,
    coefficient(n) {
      if (n === 1) return wideLocation();
      return n % 2 === 0 ? tf.mul(tf.add(tf.pow(scale, n), tf.zerosLike(location)), 2 / n) : null;
    },
    // cμ − log(1 − b²c²)
    logMoment: (c) => tf.sub(tf.mul(c, location), tf.log1p(tf.neg(tf.square(tf.mul(scale, c))))),
  };
}

function gamma({ concentration, scale }: Gamma, value: tf.Tensor): GsbSeries {
  return {
    ...axes(value),
    exactAt: null,
    coefficient: (n) => tf.mul(concentration, tf.mul(tf.pow(scale, n), 1 / n)),
    // −k log(1 − cμ)
    logMoment: (c) => tf.neg(tf.mul(concentration, tf.log1p(tf.neg(tf.mul(scale, c))))),
  };
}

/**
 * Two curves for every unit, z = ζ₁/(ζ₁ + ζ₂) with t added to ζ₁ (the first half of the shift) or to ζ₂; the sum ζ₁ + ζ₂ ~ Gamma(α + β)
 * is independent of z.
 */
function beta(
  { alpha, beta: betaShape, unitShape }: Beta,
  { value, noise }: Pick<SurrogateContext, "value" | "noise">,
): GsbSeries {
  const units = unitShape[0]!;
  const total = gammaTotal(noise, unitShape, tf.add(alpha, betaShape));
  const first = tf.mul(value, total);
  return {
    directions: tf.eye(2 * units),
    at(shift) {
      const [toFirst, toSecond] = [0, units].map((begin) => tf.slice(shift, [0, 0, begin], [-1, -1, units])) as [
        tf.Tensor,
        tf.Tensor,
      ];
      const sum = tf.add(tf.add(repeated(total, shift), toFirst), toSecond);
      return tf.div(tf.add(repeated(first, shift), toFirst), sum);
    },
    coefficient: (n) =>
      tf.mul(tf.concat([tf.add(alpha, tf.zerosLike(betaShape)), tf.add(betaShape, tf.zerosLike(alpha))], -1), 1 / n),
    exactAt: null,
  };
}

/** A curve for every component, z = ζ/Σζ with t added to ζ_k; Σζ ~ Gamma(Σα) is independent of z. */
function dirichlet(
  { concentration, unitShape }: Dirichlet,
  { value, noise }: Pick<SurrogateContext, "value" | "noise">,
): GsbSeries {
  const total = gammaTotal(noise, [1], tf.sum(concentration, -1, true));
  const { directions, at } = along(tf.mul(value, total), tf.eye(unitShape[0]!));
  return {
    directions,
    at: (shift) => tf.div(at(shift), tf.add(repeated(total, shift), tf.sum(shift, -1, true))),
    coefficient: (n) => tf.mul(concentration, 1 / n),
    exactAt: null,
  };
}

function gammaTotal(noise: SurrogateContext["noise"], unitShape: readonly number[], shape: tf.Tensor): tf.Tensor {
  const { values, shape: full } = sampleGamma(
    { uniform: (units, stream = 0) => noise.uniform(units, totalStream + stream) },
    unitShape,
    detach(shape),
  );
  return tf.tensor(new Float32Array(values), full);
}
