// Bayesian logistic regression with a Laplace prior and a Laplace posterior on the weights (Echraibi et al., 2020, section 6.2,
// eq. 27 to 29): 64 examples a batch, 50 draws of the weights each, the bound of one example with the whole divergence in closed form.
// (Drawn, the prior's −|w| would have a kink that the series of gsb does not see, and the cost would be no function of x·w alone.)
//
// Needs the WDBC data:  gradlens train continuous/logistic-regression.ts --data FOLDER
// Truncations:  --estimator "gsb(order=4)", --estimator "gsb(order=8)"; also pathwise, lr
import { bernoulli, defineModel, laplace, observe, parameter, sample, tf } from "gradlens";

interface Cells {
  /** [1, B, 30] */
  readonly x: tf.Tensor;
  /** [1, B, 1] */
  readonly y: tf.Tensor;
}

export default defineModel(
  "logistic-regression",
  () => {
    const location = parameter("location", tf.zeros([30]));
    const logScale = parameter("log-scale", tf.fill([30], -1));
    return {
      guide(_: Cells) {
        sample("w", laplace({ location, scale: tf.exp(logScale) }));
      },
      model({ x, y }: Cells) {
        const w = sample("w", laplace({ location: tf.zeros([30]), scale: tf.ones([30]) })); // [S, B, 30]
        observe("y", bernoulli({ logits: tf.sum(tf.mul(x, w), -1, true) }), y);
      },
    };
  },
  {
    data: "wdbc",
    batchSize: 64,
    samples: 50,
    objective: "elbo",
    analyticKl: true,
    estimator: "gsb(order=4)",
    optimizer: { id: "adam", learningRate: 1e-3 },
    epochs: 100,
  },
);
