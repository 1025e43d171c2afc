// Sigmoid belief net 200-200-784: two layers of 200 latent bits. MuProp (Gu et al., 2016), section 5.2.
//
// For MNIST: --dataset binarized-mnist --data FOLDER.
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

export default defineModel(
  "sbn-200-200",
  () => {
    const encode1 = dense("encode1", 784, 200);
    const encode2 = dense("encode2", 200, 200);
    const decode2 = dense("decode2", 200, 200);
    const decode1 = dense("decode1", 200, 784);
    const prior = parameter("prior", tf.zeros([200]));
    return {
      // q(h1 | x) q(h2 | h1)
      guide({ x }: Images) {
        const h1 = sample("h1", bernoulli({ logits: encode1(x) }));
        sample("h2", bernoulli({ logits: encode2(h1) }));
      },
      // p(h2) p(h1 | h2) p(x | h1)
      model({ x }: Images) {
        const h2 = sample("h2", bernoulli({ logits: prior }));
        const h1 = sample("h1", bernoulli({ logits: decode2(h2) }));
        observe("x", bernoulli({ logits: decode1(h1) }), x);
      },
    };
  },
  {
    data: "digits-binarized",
    batchSize: 100,
    objective: "elbo",
    estimator: "muprop-c",
    optimizer: { id: "sgd", learningRate: 3e-3, momentum: 0.9 },
  },
);
