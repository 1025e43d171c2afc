import { negativeLogMeanExp } from "./logMeanExp";
import type { Objective } from "./objective";

/** L = −E_{h_i ~ p(h | x)} [log 1/m Σ_i p(y | h_i)], m = samples (seed 1, section 5.1). */
export const structuredPrediction: Objective = {
  id: "structured-prediction",
  title: "Structured prediction",
  summary: "negative multi-sample log-likelihood of the observed outputs, m samples of the program",
  needs: "program-observe",
  additive: false,
  entropy: false,
  defaultSamples: 1,
  loss: negativeLogMeanExp,
};
