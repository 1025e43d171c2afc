// A Gaussian guide beside a Gaussian posterior, whose gradients are known exactly: h ~ N(0, 1), x | h ~ N(h, 0.8²) with x = 1.3.
// At the posterior, N(0.793, 0.625²), sticking the landing has no variance at all while pathwise keeps that of the score.
//
// Try:  gradlens train continuous/gaussian-toy.ts --estimator sticking-the-landing
//       gradlens bias continuous/gaussian-toy.ts#twoSamples --samples 2 --estimator sticking-the-landing   (biased)
//       gradlens bias continuous/gaussian-toy.ts#twoSamples --samples 2 --estimator dreg                   (unbiased)
import { defineModel, normal, observe, parameter, sample, tf } from "gradlens";

function build(mean: number, std: number) {
  const location = parameter("mean", [mean]);
  const logStd = parameter("log-std", [Math.log(std)]);
  return {
    guide() {
      sample("h", normal({ mean: location, std: tf.exp(logStd) }));
    },
    model() {
      const h = sample("h", normal({ mean: [0], std: [1] }));
      observe("x", normal({ mean: h, std: [0.8] }), tf.tensor1d([1.3]));
    },
  };
}

export default defineModel("gaussian-toy", () => build(-0.5, 1.4), {
  objective: "elbo",
  estimator: "pathwise",
  optimizer: { id: "adam", learningRate: 0.01 },
  steps: 2000,
});

/** The same under the importance-weighted bound. */
export const twoSamples = defineModel("gaussian-toy-two-samples", () => build(0.5, 0.9), {
  objective: "iwae",
  samples: 2,
  estimator: "dreg",
  optimizer: { id: "adam", learningRate: 0.01 },
  steps: 2000,
});
