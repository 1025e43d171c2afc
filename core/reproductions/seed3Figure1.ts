import { gammaNotes, gammaRows, gammaToy } from "./gammaToy";
import type { Reproduction } from "./reproduction";

/** Toy problem 1: E ‖z − 0.49‖² over gamma variables. The series of seed 3, eq. 19, ends after two terms there. */
export const seed3Figure1: Reproduction = {
  ...gammaToy,
  id: "seed3-figure1",
  where: "figure 1",
  title: "Toy problem 1: squares of gamma variables",
  setting:
    "f(z) = Σ (z_j − ε)² with ε = 0.49, z_j ~ Gamma(k_j, scale μ_j), d = 1, 10, 100; Adam at 10⁻³, 5 runs; loss and log variance of the gradient along the training.",
  rows: gammaRows({ "1": "square1", "10": "default", "100": "square100" }),
  notes: [
    ...gammaNotes,
    "E f = Σ k_j μ_j² + (k_j μ_j − ε)² has no least value that is reached: it falls towards 0 as k grows with k μ = ε, so no curve has a floor of its own.",
  ],
};
