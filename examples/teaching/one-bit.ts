// One bit with logit θ and the cost exp(b − 0.45), which is not quadratic in b: it tells the estimators apart.
//
// Try:  gradlens bias teaching/one-bit.ts --estimator half              (biased)
//       gradlens bias teaching/one-bit.ts --estimator straight-through  (biased, more)
//       gradlens variance teaching/one-bit.ts --estimator muprop        (unbiased, and far less noisy than lr)
//       gradlens bias teaching/one-bit.ts#quadratic --estimator half    (½ is exact on a quadratic cost)
import { bernoulli, cost, defineModel, parameter, sample, tf } from "gradlens";

export default defineModel(
  "one-bit",
  () => {
    const theta = parameter("theta", [0.3]);
    return {
      program() {
        const b = sample("b", bernoulli({ logits: theta }));
        cost("f", tf.exp(tf.sub(b, 0.45)).sum(-1)); // [S, B]
      },
    };
  },
  { estimator: "lr", optimizer: { id: "sgd", learningRate: 0.1 }, steps: 2000 },
);

/** The textbook's cost (b − 0.45)². */
export const quadratic = defineModel(
  "one-bit-quadratic",
  () => {
    const theta = parameter("theta", [0.3]);
    return {
      program() {
        const b = sample("b", bernoulli({ logits: theta }));
        cost("f", tf.square(tf.sub(b, 0.45)).sum(-1));
      },
    };
  },
  { estimator: "lr", optimizer: { id: "sgd", learningRate: 0.1 }, steps: 2000 },
);
