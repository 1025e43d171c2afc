// A 784-12-784 belief net, whose 4096 states can be enumerated.
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

const units = 12;

export default defineModel(
  "enumerable-net",
  () => {
    const encode = dense("encode", 784, units);
    const decode = dense("decode", units, 784);
    const prior = parameter("prior", tf.zeros([units]));
    return {
      guide({ x }: Images) {
        sample("h", bernoulli({ logits: encode(x) }));
      },
      model({ x }: Images) {
        const h = sample("h", bernoulli({ logits: prior }));
        observe("x", bernoulli({ logits: decode(h) }), x);
      },
    };
  },
  { data: "digits-binarized", batchSize: 4, estimator: "lr" },
);
