// Structured prediction, 392-200-200-200-392: as structured-prediction-200-200.ts with a third stochastic layer.
// MuProp (Gu et al., 2016), section 5.1. The deeper net tells estimators further apart.
//
// For MNIST: --dataset mnist-top-bottom --data FOLDER.
import { bernoulli, defineModel, dense, observe, sample, type tf } from "gradlens";

interface Halves {
  /** Top half, [1, B, 392]. */
  readonly x: tf.Tensor;
  /** Bottom half, [1, B, 392]. */
  readonly y: tf.Tensor;
}

export default defineModel(
  "structured-prediction-200-200-200",
  () => {
    const first = dense("first", 392, 200);
    const second = dense("second", 200, 200);
    const third = dense("third", 200, 200);
    const output = dense("output", 200, 392);
    return {
      program({ x, y }: Halves) {
        const h1 = sample("h1", bernoulli({ logits: first(x) }));
        const h2 = sample("h2", bernoulli({ logits: second(h1) }));
        const h3 = sample("h3", bernoulli({ logits: third(h2) }));
        observe("y", bernoulli({ logits: output(h3) }), y);
      },
    };
  },
  {
    data: "digits-top-bottom",
    batchSize: 100,
    objective: "structured-prediction",
    estimator: "muprop-c",
    optimizer: { id: "sgd", learningRate: 3e-3, momentum: 0.9 },
  },
);
