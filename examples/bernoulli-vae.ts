// Bernoulli variational autoencoder: 200 latent bits between two layers of 200 tanh units on either side. Echraibi and others,
// "Generalized stochastic backpropagation" (2020), appendix B, table 1; the architecture is that of RELAX (Grathwohl and
// others, 2018). The paper's BSB is local-expectation: every bit is flipped at every step, which takes its time.
//
// For MNIST: --dataset binarized-mnist --data FOLDER. Others: --estimator rebar, relax, muprop-c, disarm, …
// The table's figure: --likelihood 200
import { bernoulli, defineModel, dense, observe, parameter, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

export default defineModel(
  "bernoulli-vae",
  () => {
    const encode1 = dense("encode1", 784, 200);
    const encode2 = dense("encode2", 200, 200);
    const encode3 = dense("encode3", 200, 200);
    const decode1 = dense("decode1", 200, 200);
    const decode2 = dense("decode2", 200, 200);
    const decode3 = dense("decode3", 200, 784);
    const prior = parameter("prior", tf.zeros([200]));
    return {
      guide({ x }: Images) {
        sample("h", bernoulli({ logits: encode3(tf.tanh(encode2(tf.tanh(encode1(x))))) }));
      },
      model({ x }: Images) {
        const h = sample("h", bernoulli({ logits: prior }));
        observe("x", bernoulli({ logits: decode3(tf.tanh(decode2(tf.tanh(decode1(h))))) }), x);
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
