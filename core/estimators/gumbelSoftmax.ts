import { type Estimator, exactDraw, type NodeEstimator, type Options } from "./estimator";
import { type Relaxable, relaxedFrom, relaxedGiven, withGradient } from "./relaxed";
import { Temperature, temperatureConflict, temperatureOptions } from "./temperature";

const reference = {
  authors: "Jang, Gu, Poole; Maddison, Mnih, Teh",
  title: "Categorical reparameterization with Gumbel-softmax; The Concrete distribution",
  year: 2017,
  equation: "seed 2, eq. 10",
} as const;

/**
 * Gumbel-softmax (Concrete): the relaxed sample softmax((a + Gumbel) / T) goes forward and its gradient goes back: the gradient of
 * another model, whose nodes lie between their states. log q and log p are the discrete ones, extended linearly. A learned temperature
 * goes down the pathwise gradient of that model's loss, ∂L/∂log T = E[f'(y) · ∂y/∂log T], with ∂y/∂log T = −(z/T) y (1 − y) for a binary
 * y = σ(z/T): it fits the relaxed model, and does not lower the bias.
 */
export const gumbelSoftmax: Estimator = {
  id: "gumbel-softmax",
  title: "Gumbel-softmax",
  summary: "relaxed samples at a temperature, with the gradient of the relaxed model",
  reference,
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen:
    "at no temperature, not even for linear costs; the bias falls and the variance grows as the temperature falls",
  evaluations: "1",
  ownNoise: true,
  relaxes: "node",
  options: temperatureOptions,
  conflict: temperatureConflict,
  create: (options) =>
    relaxation(options, (temperature) => (distribution, noise, forced) => {
      if (forced) return forced;
      const relaxed = relaxedFrom(distribution as Relaxable, noise.uniform(distribution.unitShape), temperature.value);
      return withGradient(distribution as Relaxable, relaxed.soft, relaxed, temperature.variable);
    }),
};

/**
 * Straight-through Gumbel-softmax: the discrete sample goes forward, the relaxed one's gradient goes back. So does a learned
 * temperature's, E[f'(b) · ∂y/∂log T], the straight-through stand-in for the relaxed model's: the discrete loss does not depend on T.
 */
export const straightThroughGumbelSoftmax: Estimator = {
  id: "st-gumbel-softmax",
  title: "Straight-through Gumbel-softmax",
  summary: "discrete samples forward, the gradient of the relaxed sample from the same noise back",
  reference: { ...reference, equation: "seed 2, section 2.1, last paragraph" },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen: "at no temperature, not even for linear costs",
  evaluations: "1",
  ownNoise: true,
  options: temperatureOptions,
  conflict: temperatureConflict,
  create: (options) =>
    relaxation(options, (temperature) => (distribution, noise, forced) => {
      const value = exactDraw(distribution, noise, forced);
      const { unitShape } = distribution;
      const relaxed = forced
        ? relaxedGiven(distribution as Relaxable, value, noise.uniform(unitShape, 1), temperature.value)
        : relaxedFrom(distribution as Relaxable, noise.uniform(unitShape), temperature.value);
      return withGradient(distribution as Relaxable, value, relaxed, temperature.variable);
    }),
};

function relaxation(options: Options, draw: (temperature: Temperature) => NodeEstimator["draw"]): NodeEstimator {
  const temperature = new Temperature(options);
  const { learned } = temperature;
  return {
    entropyGradient: "full",
    ...(learned ? { learned } : {}),
    draw: draw(temperature),
    surrogate: () => null,
    update: () => temperature.update(),
    settings: () => temperature.settings(),
    state: () => temperature.state(),
    restore: (state) => temperature.restore(state),
    dispose: () => temperature.dispose(),
  };
}
