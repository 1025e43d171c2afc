import { bernoulli, categorical, defineModel, observe, parameter, sample, tf } from "gradlens";
import type { Case } from "./cases";

/** One categorical node of three states whose logits are a parameter, under a bound of two samples. */
export function oneCategoryBound(logits: readonly number[], weights: readonly number[]): Case {
  return {
    name: "an IWAE of one category, K = 2",
    definition: defineModel("one category", () => {
      const own = parameter("theta", [[...logits]]);
      const w = parameter("w", [weights.map((weight) => [weight])]);
      return {
        guide() {
          sample("h", categorical({ logits: own }));
        },
        model() {
          const h = sample("h", categorical({ logits: [[0.3, -0.2, 0.5]] }));
          observe("x", bernoulli({ logits: tf.expandDims(h, -1).mul(w).sum([-3, -2]) }), tf.ones([1]));
        },
      };
    }),
    objective: "iwae",
    samples: 2,
    batchSize: 1,
  };
}
