// Categorical variational autoencoder: 20 latent variables of 10 categories between two layers of 200 tanh units on either
// side. Echraibi and others, "Generalized stochastic backpropagation" (2020), appendix B, table 2. The paper's CSB is
// local-expectation, its baseline gumbel-softmax. The divergence from the prior is taken in closed form.
//
// For MNIST: --dataset binarized-mnist --data FOLDER. The table's figure: --likelihood 200
import { bernoulli, categorical, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

const variables = 20;
const categories = 10;

export default defineModel(
  "categorical-vae",
  () => {
    const encode1 = dense("encode1", 784, 200);
    const encode2 = dense("encode2", 200, 200);
    const encode3 = dense("encode3", 200, variables * categories);
    const decode1 = dense("decode1", variables * categories, 200);
    const decode2 = dense("decode2", 200, 200);
    const decode3 = dense("decode3", 200, 784);
    const prior = parameter("prior", tf.zeros([variables, categories]));
    return {
      guide({ x }: Images) {
        sample("h", categorical({ logits: splitLast(encode3(tf.tanh(encode2(tf.tanh(encode1(x)))))) }));
      },
      model({ x }: Images) {
        const h = sample("h", categorical({ logits: prior }));
        observe("x", bernoulli({ logits: decode3(tf.tanh(decode2(tf.tanh(decode1(joinLast(h)))))) }), x);
      },
    };
  },
  {
    data: "digits-binarized",
    batchSize: 100,
    objective: "elbo",
    analyticKl: true,
    estimator: "local-expectation",
    optimizer: { id: "adam", learningRate: 1e-4 },
  },
);

/** […, 200] → […, 20, 10] */
function splitLast(x: tf.Tensor): tf.Tensor {
  return x.reshape([...x.shape.slice(0, -1), variables, categories]);
}

/** […, 20, 10] → […, 200] */
function joinLast(x: tf.Tensor): tf.Tensor {
  return x.reshape([...x.shape.slice(0, -2), variables * categories]);
}
