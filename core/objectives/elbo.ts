import { meanOverSamples } from "./meanOverSamples";
import type { Objective } from "./objective";

/** L = E_{h ~ q} [log q(h | x) − log p(x, h)], the negative evidence lower bound (seed 2, eq. 13). */
export const elbo: Objective = {
  id: "elbo",
  title: "Evidence lower bound",
  summary: "negative lower bound on log p(x), a mean over samples of log q(h | x) − log p(x, h)",
  needs: "guide-model",
  additive: true,
  entropy: true,
  forms: ["joint", "entropy", "kl"],
  defaultSamples: 1,
  loss: meanOverSamples,
};
