import { meanOverSamples } from "./meanOverSamples";
import type { Objective } from "./objective";

/** L = E_{h ~ program} [Σ_i cost_i], seed 1 section 2.1. */
export const expectedCost: Objective = {
  id: "expected-cost",
  title: "Expected cost",
  summary: "mean over samples of the program's costs and negative log-probabilities",
  needs: "program",
  additive: true,
  entropy: false,
  defaultSamples: 1,
  loss: meanOverSamples,
};
