import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import type { Beta } from "../distributions/beta";
import type { Continuous } from "../distributions/continuous";
import type { Dirichlet } from "../distributions/dirichlet";
import type { Distribution, NodeNoise } from "../distributions/distribution";
import { type Gamma, gamma } from "../distributions/gamma";
import { sampleLogGamma } from "../distributions/gammaSampler";
import type { Mixture } from "../distributions/mixture";
import { digamma, trigamma } from "../numerics/special/gammaFunctions";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/** First stream of the gamma behind a Dirichlet value. */
const totalStream = 512;

/**
 * Weak reparameterisation: z = T(ε, θ) where T standardises log z (gamma, Dirichlet through gammas), logit z (beta) or z (mixtures on
 * the line), so that ε's distribution q_θ(ε) keeps only a weak dependence on θ: ĝ = f'(z) ∂T/∂θ + f(z) ∂ log q_θ(ε)/∂θ.
 */
export const weakReparameterization: Estimator = {
  id: "weak-reparameterization",
  title: "Weak reparameterisation",
  summary: "path through a standardised sample, plus the score of what the standardisation leaves",
  reference: {
    authors: "Ruiz, Titsias, Blei",
    title: "The generalized reparameterization gradient",
    year: 2016,
    equation: "eq. 7 to 9; compared in seed 3, section 6.1",
  },
  distributions: ["gamma", "beta", "dirichlet", "mixture"],
  unbiased: "conditional",
  unbiasedWhen: "for costs that are continuous and differentiable almost everywhere",
  evaluations: "1",
  ownNoise: ({ distribution }) => distribution === "dirichlet",
  options: [],
  create: (): NodeEstimator => ({
    ...stateless,
    entropyGradient: "value",
    draw: (distribution, noise, forced) =>
      standardise(distribution, exactDraw(distribution, noise, forced), noise).value,
    surrogate: ({ distribution, value, noise, credit }) =>
      tf.mul(standardise(distribution, value, noise).logDensity(), credit),
  }),
};

interface Standardised {
  /** The value, moving with the parameters at fixed ε. */
  readonly value: tf.Tensor;
  /** log q_θ(ε) with its gradient to the parameters, summed over units. */
  logDensity(): tf.Tensor;
}

function standardise(distribution: Distribution, value: tf.Tensor, noise: NodeNoise): Standardised {
  switch (distribution.id) {
    case "gamma":
      return gammaUnits(distribution as Gamma, value);
    case "beta": {
      const { alpha, beta } = distribution as Beta;
      const spread = tf.sqrt(tf.add(trigamma(alpha), trigamma(beta)));
      return unitsThrough("unit", distribution as Continuous, value, tf.sub(digamma(alpha), digamma(beta)), spread);
    }
    case "dirichlet":
      return dirichletUnits(distribution as Dirichlet, value, noise);
    default: {
      const mixture = distribution as Mixture;
      if (mixture.support === "real")
        return unitsThrough("real", mixture, value, mixture.mean(), tf.sqrt(mixture.variance()));
      const center = mixture.support === "positive" ? tf.log(mixture.mean()) : logit(mixture.mean());
      return unitsThrough(mixture.support, mixture, value, center, tf.onesLike(center));
    }
  }
}

function gammaUnits(distribution: Gamma, value: tf.Tensor): Standardised {
  const { concentration, scale } = distribution;
  return unitsThrough(
    "positive",
    distribution,
    value,
    tf.add(digamma(concentration), tf.log(scale)),
    tf.sqrt(trigamma(concentration)),
  );
}

/** y = ε s + m with y the value on the whole line: itself, its logarithm or its logit. */
function unitsThrough(
  support: Mixture["support"],
  distribution: Continuous,
  value: tf.Tensor,
  center: tf.Tensor,
  spread: tf.Tensor,
): Standardised {
  const constant = detach(value);
  const line = support === "real" ? constant : support === "positive" ? tf.log(constant) : logit(constant);
  const epsilon = detach(tf.div(tf.sub(line, detach(center)), detach(spread)));
  const y = tf.add(tf.mul(epsilon, spread), center);
  const slope = support === "real" ? null : support === "positive" ? constant : tf.mul(constant, tf.sub(1, constant)); // dz/dy
  const moved = tf.sub(y, detach(y));
  const path = tf.add(constant, slope ? tf.mul(slope, moved) : moved);
  return {
    value: path,
    logDensity() {
      // log |dT/dε| = log dz/dy + log s, and dz/dy moves with z: d log z = dy, d log z(1 − z) = (1 − 2z) dy.
      const volume =
        support === "real" ? tf.zerosLike(y) : support === "positive" ? y : tf.mul(tf.sub(1, tf.mul(constant, 2)), y);
      return tf.add(distribution.logProb(path), tf.sum(tf.add(volume, tf.log(spread)), -1));
    },
  };
}

/** ζ_k = z_k Σζ with Σζ ~ Gamma(Σα) independent of z: each ζ_k is a gamma unit of shape α_k, and z = ζ/Σζ moves with them. */
function dirichletUnits({ concentration }: Dirichlet, value: tf.Tensor, noise: NodeNoise): Standardised {
  const constant = detach(value);
  const { values, shape } = sampleLogGamma(
    { uniform: (units, stream = 0) => noise.uniform(units, totalStream + stream) },
    [1],
    detach(tf.sum(concentration, -1, true)),
  );
  const units = gamma({ concentration, scale: tf.scalar(1) });
  const parts = gammaUnits(
    units,
    tf.maximum(tf.mul(constant, tf.tensor(Float32Array.from(values, Math.exp), shape)), 2 ** -126),
  );
  const moved = tf.div(parts.value, tf.sum(parts.value, -1, true));
  return { value: tf.add(constant, tf.sub(moved, detach(moved))), logDensity: () => parts.logDensity() };
}

function logit(z: tf.Tensor): tf.Tensor {
  return tf.sub(tf.log(z), tf.log(tf.sub(1, z)));
}
