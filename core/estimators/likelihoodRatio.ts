import type { Estimator } from "./estimator";
import { ScoreWithBaseline } from "./scoreWithBaseline";
import { signalVariants } from "./signalVariants";

/**
 * Likelihood ratio: ĝ = ∇ log p(x) · f(x), f the downstream cost, less a baseline that does not depend on x.
 * Seed 1, eq. 1 and section 2.2; seed 2, eq. 6.
 */
export const likelihoodRatio: readonly Estimator[] = signalVariants.map(({ suffix, title, baseline, ...variant }) => ({
  id: `lr${suffix}`,
  title: title ? `Likelihood ratio, ${title}` : "Likelihood ratio",
  summary: "score times the downstream cost; needs no derivative of the cost",
  reference: suffix.endsWith("idb")
    ? {
        authors: "Mnih, Gregor",
        title: "Neural variational inference and learning in belief networks",
        year: 2014,
        equation: "seed 1, eq. 1 and section 2.2",
      }
    : {
        authors: "Williams",
        title: "Simple statistical gradient-following algorithms for connectionist reinforcement learning",
        year: 1992,
        equation: "seed 1, eq. 1",
      },
  distributions: "all" as const,
  evaluations: "1",
  ownNoise: false,
  ...variant,
  create: (options) => new ScoreWithBaseline(baseline(options), { signal: ({ credit }) => credit }),
}));
