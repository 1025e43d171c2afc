import { negativeLogMeanExp } from "./logMeanExp";
import type { Objective } from "./objective";

/** L = −E [log 1/K Σ_k p(x, h_k) / q(h_k | x)], K = samples (Burda, Grosse, Salakhutdinov, 2015). K = 1 is the ELBO. */
export const iwae: Objective = {
  id: "iwae",
  title: "Importance-weighted bound",
  summary: "negative multi-sample bound on log p(x) with K importance weights",
  needs: "guide-model",
  additive: false,
  entropy: true,
  defaultSamples: 5,
  loss: negativeLogMeanExp,
};
