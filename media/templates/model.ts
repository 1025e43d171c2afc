// A belief net with one layer of binary units, trained on digits that are built in.
// Run it with "Gradient Lens: Run Training".
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

export default defineModel(
  "belief-net",
  () => {
    const encode = dense("encode", 784, 50);
    const decode = dense("decode", 50, 784);
    const prior = parameter("prior", tf.zeros([50]));
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
    batchSize: 50,
    objective: "elbo",
    estimator: "muprop-c",
    optimizer: { id: "adam", learningRate: 1e-3 },
  },
);
