import type { Estimator } from "./estimator";
import { pathwiseNode } from "./pathwise";

/**
 * Implicit reparameterisation: dz/dθ = −(∂F/∂θ)/q(z) with F the distribution function, where z = F⁻¹(u) has no closed form.
 * Dirichlet: z_i moves as its beta margin does and the other components give way in proportion, dz_j/dα_i ∝ δ_ij − z_j.
 */
export const implicitPathwise: Estimator = {
  id: "implicit-pathwise",
  title: "Implicit pathwise",
  summary: "the cost is differentiated through the sample, which moves as the distribution function does",
  reference: {
    authors: "Figurnov, Mohamed, Mnih; Jankowiak, Obermeyer",
    title: "Implicit reparameterization gradients; Pathwise derivatives beyond the reparameterization trick",
    year: 2018,
    equation: "eq. 5; Dirichlet: section 5.2",
  },
  distributions: ["gamma", "beta", "dirichlet", "mixture"],
  unbiased: "conditional",
  unbiasedWhen: "for costs that are continuous and differentiable almost everywhere",
  evaluations: "1",
  ownNoise: false,
  options: [],
  create: () => pathwiseNode("full"),
};
