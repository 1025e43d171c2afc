import { type Estimator, exactDraw, type NodeEstimator, type Options } from "./estimator";
import { type Relaxable, relaxedDraw, relaxedFrom, relaxedGiven, withGradient } from "./relaxed";
import { Temperature, temperatureOptions } from "./temperature";

const reference = {
  authors: "Jang, Gu, Poole; Maddison, Mnih, Teh",
  title: "Categorical reparameterization with Gumbel-softmax; The Concrete distribution",
  year: 2017,
  equation: "seed 2, eq. 10",
} as const;

/**
 * Gumbel-softmax (Concrete): the relaxed sample softmax((a + Gumbel) / T) goes forward and its gradient goes back: the gradient of
 * another model, whose nodes lie between their states. log q and log p are the discrete ones, extended linearly.
 */
export const gumbelSoftmax: Estimator = {
  id: "gumbel-softmax",
  title: "Gumbel-softmax",
  summary: "relaxed samples at a temperature, with the gradient of the relaxed model",
  reference,
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen: "never for costs that are not linear; the bias falls and the variance grows as the temperature falls",
  evaluations: "1",
  ownNoise: true,
  relaxes: "node",
  options: temperatureOptions,
  create: (options) =>
    relaxation(
      options,
      (temperature) => (distribution, noise, forced) =>
        forced ?? relaxedDraw(distribution as Relaxable, noise, temperature()),
    ),
};

/** Straight-through Gumbel-softmax: the discrete sample goes forward, the relaxed one's gradient goes back. */
export const straightThroughGumbelSoftmax: Estimator = {
  id: "st-gumbel-softmax",
  title: "Straight-through Gumbel-softmax",
  summary: "discrete samples forward, the gradient of the relaxed sample from the same noise back",
  reference: { ...reference, equation: "seed 2, section 2.1, last paragraph" },
  distributions: ["bernoulli", "categorical"],
  unbiased: "never",
  unbiasedWhen: "never for costs that are not linear",
  evaluations: "1",
  ownNoise: true,
  options: temperatureOptions,
  create: (options) =>
    relaxation(options, (temperature) => (distribution, noise, forced) => {
      const value = exactDraw(distribution, noise, forced);
      const { unitShape } = distribution;
      const { pull } = forced
        ? relaxedGiven(distribution as Relaxable, value, noise.uniform(unitShape, 1), temperature())
        : relaxedFrom(distribution as Relaxable, noise.uniform(unitShape), temperature());
      return withGradient(distribution as Relaxable, value, pull);
    }),
};

function relaxation(options: Options, draw: (temperature: () => number) => NodeEstimator["draw"]): NodeEstimator {
  const temperature = new Temperature(options);
  return {
    entropyGradient: "full",
    draw: draw(() => temperature.value),
    surrogate: () => null,
    update: () => temperature.update(),
    state: () => temperature.state(),
    restore: (state) => temperature.restore(state),
    dispose: () => undefined,
  };
}
