// One-layer categorical belief net (20 × 10)-784. Echraibi and others, "Generalized stochastic backpropagation" (2020),
// appendix B, table 2, "one layer". The paper's CSB is local-expectation, its baseline gumbel-softmax.
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
  "categorical-20x10",
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
