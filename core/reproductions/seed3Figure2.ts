import { gammaNotes, gammaRows, gammaToy } from "./gammaToy";
import type { Reproduction } from "./reproduction";

/** Toy problem 2: E Σ exp(−0.49 z) over gamma variables. The series of seed 3, eq. 19, has a sum there (eq. 25). */
export const seed3Figure2: Reproduction = {
  ...gammaToy,
  id: "seed3-figure2",
  where: "figure 2",
  title: "Toy problem 2: exponentials of gamma variables",
  setting:
    "f(z) = Σ exp(−ε z_j) with ε = 0.49, z_j ~ Gamma(k_j, scale μ_j), d = 1, 10, 100; Adam at 10⁻³, 5 runs; loss and log variance of the gradient along the training.",
  rows: gammaRows({ "1": "exponential1", "10": "exponential10", "100": "exponential100" }),
  notes: [
    ...gammaNotes,
    "The paper writes ∇ log φ(ε/i) for this f; with f = exp(−ε z) the argument must be iε, as −k log(1 + ε μ) needs. At ε/i it would be the gradient for exp(+ε z), which exists for ε μ < 1 only.",
    "E f = Σ (1 + ε μ_j)^(−k_j) has no least value that is reached: it falls towards 0 as k or μ grows.",
  ],
};
