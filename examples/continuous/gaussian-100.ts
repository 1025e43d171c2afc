// A Gaussian fitted to another Gaussian in 100 dimensions (Roeder, Wu and Duvenaud, 2017, figure 1): the loss is KL(q ‖ p). Near
// q = p the noise of sticking the landing goes to zero with the distance, that of the total derivative does not.
//
// Try:  gradlens train continuous/gaussian-100.ts --estimator sticking-the-landing
//       gradlens train continuous/gaussian-100.ts --estimator pathwise
import { defineModel, normal, parameter, sample, tf } from "gradlens";

const units = Array.from({ length: 100 }, (_, i) => i);
/** Means of ±1, deviations from 0.5 to 2 in equal ratios. */
const target = {
  mean: units.map((i) => (i % 2 === 0 ? 1 : -1)),
  std: units.map((i) => 0.5 * 4 ** (i / 99)),
};

export default defineModel(
  "gaussian-100",
  () => {
    const mean = parameter("mean", tf.zeros([100]));
    const logStd = parameter("log-std", tf.zeros([100]));
    return {
      guide() {
        sample("h", normal({ mean, std: tf.exp(logStd) }));
      },
      model() {
        sample("h", normal(target));
      },
    };
  },
  {
    objective: "elbo",
    estimator: "sticking-the-landing",
    optimizer: { id: "adam", learningRate: 0.01 },
    steps: 3000,
  },
);
