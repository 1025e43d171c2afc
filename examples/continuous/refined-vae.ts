// Refined posteriors with normal latents (Hjelm et al., 2015): the guide's posterior of every example climbs its own bound for some
// steps (eq. 5, 6), the model learns from the result, and the guide learns to give it at once (eq. 7).
//
// Runs on the digits that are built in. For MNIST: --dataset binarized-mnist --data FOLDER.
// Try:  gradlens train continuous/refined-vae.ts --epochs 5
// The evaluations test/elbo-refined-0, -1, … are the bound after that many inference steps on 100 test images.
import { bernoulli, defineModel, dense, normal, observe, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

export default defineModel(
  "refined-vae",
  () => {
    const encode = dense("encode", 784, 200);
    const mean = dense("mean", 200, 50);
    const logStd = dense("log-std", 200, 50);
    const decode = dense("decode", 50, 200);
    const output = dense("output", 200, 784);
    return {
      // q(h | x), where inference starts
      guide({ x }: Images) {
        const hidden = tf.tanh(encode(x));
        sample("h", normal({ mean: mean(hidden), std: tf.exp(logStd(hidden)) }));
      },
      // p(h) p(x | h)
      model({ x }: Images) {
        const h = sample("h", normal({ mean: tf.zeros([50]), std: tf.ones([50]) }));
        observe("x", bernoulli({ logits: output(tf.tanh(decode(h))) }), x);
      },
    };
  },
  {
    data: "digits-binarized",
    batchSize: 50,
    samples: 5,
    objective: "elbo",
    estimator: "pathwise",
    // With one sample, steps are too noisy to gain at rates of 0.001 and 0.005, and diverge at 0.02.
    inference: { steps: 20, rate: 0.002 },
    optimizer: { id: "adam", learningRate: 1e-3 },
  },
);
