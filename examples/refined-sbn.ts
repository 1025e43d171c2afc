// Refined posteriors with binary latents (Hjelm et al., 2015, section 5): each example's logits climb the bound with the means in
// place of the samples (mean-passing, eq. 8) or by straight-through (eq. 9); the model learns from samples of the result.
//
// Runs on the digits that are built in. For MNIST: --dataset binarized-mnist --data FOLDER.
// Try:  gradlens train refined-sbn.ts --epochs 5
//       gradlens train refined-sbn.ts --epochs 5 --estimator straight-through
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

export default defineModel(
  "refined-sbn",
  () => {
    const encode = dense("encode", 784, 200);
    const decode = dense("decode", 200, 784);
    const prior = parameter("prior", tf.zeros([200]));
    return {
      // q(h | x), where inference starts
      guide({ x }: Images) {
        sample("h", bernoulli({ logits: encode(x) }));
      },
      // p(h) p(x | h)
      model({ x }: Images) {
        const h = sample("h", bernoulli({ logits: prior }));
        observe("x", bernoulli({ logits: decode(h) }), x);
      },
    };
  },
  {
    data: "digits-binarized",
    batchSize: 100,
    objective: "elbo",
    estimator: "mean-passing",
    inference: { steps: 20, rate: 0.1 },
    optimizer: { id: "adam", learningRate: 1e-3 },
  },
);
