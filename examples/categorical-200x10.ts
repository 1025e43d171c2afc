// Categorical belief net (200 × 10)-784: 200 latent variables of 10 categories each. MuProp (Gu et al., 2016), section
// 5.2. A categorical value is one-hot, so the latent layer is [200, 10], read by the decoder as 2000 inputs.
//
// For MNIST: --dataset binarized-mnist --data FOLDER.
import { bernoulli, categorical, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

const variables = 200;
const categories = 10;

export default defineModel(
  "categorical-200x10",
  () => {
    const encode = dense("encode", 784, variables * categories);
    const decode = dense("decode", variables * categories, 784);
    const prior = parameter("prior", tf.zeros([variables, categories]));
    return {
      guide({ x }: Images) {
        sample("h", categorical({ logits: splitLast(encode(x)) }));
      },
      model({ x }: Images) {
        const h = sample("h", categorical({ logits: prior }));
        observe("x", bernoulli({ logits: decode(joinLast(h)) }), x);
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

/** […, 2000] → […, 200, 10] */
function splitLast(x: tf.Tensor): tf.Tensor {
  return x.reshape([...x.shape.slice(0, -1), variables, categories]);
}

/** […, 200, 10] → […, 2000] */
function joinLast(x: tf.Tensor): tf.Tensor {
  return x.reshape([...x.shape.slice(0, -2), variables * categories]);
}
