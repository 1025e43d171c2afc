// Structured prediction, 392-200-200-392: draw the bottom half of a digit given its top half. MuProp (Gu et al., 2016),
// section 5.1. Both hidden layers are stochastic; the loss is −log 1/m Σ p(y | h_i) over m samples of them (--samples).
//
// Runs on the digits that are built in. For MNIST: --dataset mnist-top-bottom --data FOLDER.
import { bernoulli, defineModel, dense, observe, sample, type tf } from "gradlens";

interface Halves {
  /** Top half, [1, B, 392]. */
  readonly x: tf.Tensor;
  /** Bottom half, [1, B, 392]. */
  readonly y: tf.Tensor;
}

export default defineModel(
  "structured-prediction-200-200",
  () => {
    const first = dense("first", 392, 200);
    const second = dense("second", 200, 200);
    const output = dense("output", 200, 392);
    return {
      program({ x, y }: Halves) {
        const h1 = sample("h1", bernoulli({ logits: first(x) }));
        const h2 = sample("h2", bernoulli({ logits: second(h1) }));
        observe("y", bernoulli({ logits: output(h2) }), y);
      },
    };
  },
  {
    data: "digits-top-bottom",
    batchSize: 100,
    objective: "structured-prediction",
    estimator: "muprop-c",
    // The paper picks the rate from {0.003, 0.001, …, 0.00003}.
    optimizer: { id: "sgd", learningRate: 3e-3, momentum: 0.9 },
  },
);
