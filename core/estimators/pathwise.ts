import { type Continuous } from "../distributions/continuous";
import { type Estimator, exactDraw, type NodeEstimator, stateless } from "./estimator";

/** The reparameterised draw: the value moves with the parameters at fixed noise, and under a bound log q's whole derivative is kept. */
export function pathwiseNode(entropyGradient: NodeEstimator["entropyGradient"]): NodeEstimator {
  return {
    ...stateless,
    entropyGradient,
    draw: (distribution, noise, forced) => (distribution as Continuous).path(exactDraw(distribution, noise, forced)),
    surrogate: () => null,
  };
}

/** Reparameterisation: z = g(ε, θ), ĝ = f'(z) ∂g/∂θ. Unbiased for costs that are continuous and differentiable almost everywhere. */
export const pathwise: Estimator = {
  id: "pathwise",
  title: "Pathwise",
  summary: "the cost is differentiated through the sample, z = g(ε, θ)",
  reference: {
    authors: "Kingma, Welling",
    title: "Auto-encoding variational Bayes",
    year: 2014,
    equation: "seed 4, algorithm 1 and eq. 9",
  },
  distributions: ["normal", "laplace", "logistic", "gumbel", "lognormal", "dirac", "flow"],
  unbiased: "conditional",
  unbiasedWhen: "for costs that are continuous and differentiable almost everywhere (ReLU kinks do no harm, jumps do)",
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: () => pathwiseNode("full"),
};
