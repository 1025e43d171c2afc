// Sigmoid belief net 200-784: one layer of 200 latent bits under an image. MuProp (Gu et al., 2016), section 5.2; the
// recognition net is the mirror image, as in neural variational inference (Mnih and Gregor, 2014).
//
// Runs on the digits that are built in. For MNIST: --dataset binarized-mnist --data FOLDER.
// Other estimators: --estimator lr-c-vn-idb (NVIL), muprop-c-idb, straight-through, half, …
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

export default defineModel(
  "sbn-200",
  () => {
    const encode = dense("encode", 784, 200);
    const decode = dense("decode", 200, 784);
    const prior = parameter("prior", tf.zeros([200]));
    return {
      // q(h | x)
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
    estimator: "muprop-c",
    // The paper picks the rate from {0.003, 0.001, …, 0.000003}.
    optimizer: { id: "sgd", learningRate: 3e-3, momentum: 0.9 },
  },
);
