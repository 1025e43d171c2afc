// Variational and importance-weighted autoencoder with one stochastic layer: 784-200-200-50 with tanh units (Roeder, Wu and
// Duvenaud, 2017, section 6; the architecture is that of Burda, Grosse and Salakhutdinov, 2015).
//
// Runs on the digits that are built in. For MNIST: --dataset binarized-mnist --data FOLDER.
// Try:  gradlens compare continuous/vae-50.ts --estimators pathwise,sticking-the-landing
//       gradlens train continuous/vae-50.ts#iwae --samples 5 --estimator sticking-the-landing   (biased), dreg (unbiased)
import { bernoulli, defineModel, dense, normal, observe, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

function build() {
  const encode1 = dense("encode1", 784, 200);
  const encode2 = dense("encode2", 200, 200);
  const mean = dense("mean", 200, 50);
  const logStd = dense("log-std", 200, 50);
  const decode1 = dense("decode1", 50, 200);
  const decode2 = dense("decode2", 200, 200);
  const output = dense("output", 200, 784);
  return {
    // q(h | x)
    guide({ x }: Images) {
      const hidden = tf.tanh(encode2(tf.tanh(encode1(x))));
      sample("h", normal({ mean: mean(hidden), std: tf.exp(logStd(hidden)) }));
    },
    // p(h) p(x | h)
    model({ x }: Images) {
      const h = sample("h", normal({ mean: tf.zeros([50]), std: tf.ones([50]) }));
      observe("x", bernoulli({ logits: output(tf.tanh(decode2(tf.tanh(decode1(h))))) }), x);
    },
  };
}

const options = { data: "digits-binarized", batchSize: 20, optimizer: { id: "adam", learningRate: 1e-3 } };

export default defineModel("vae-50", build, { ...options, objective: "elbo", estimator: "sticking-the-landing" });
export const iwae = defineModel("iwae-50", build, { ...options, objective: "iwae", samples: 5, estimator: "dreg" });
