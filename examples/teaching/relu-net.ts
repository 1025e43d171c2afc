// Two Gaussian units under a small ReLU net. The rule of generalized stochastic backpropagation that is exact for smooth costs takes
// half the second derivative for the gradient of the variance, and a ReLU's second derivative is zero wherever a sample falls: all of
// its curvature sits at the kink. So the gradient of the deviations is biased; that of the means is not.
//
// Try:  gradlens bias teaching/relu-net.ts                        (biased at log-std, and by how much)
//       gradlens lint teaching/relu-net.ts                        (why)
//       gradlens bias teaching/relu-net.ts --estimator pathwise   (unbiased)
//       gradlens bias teaching/relu-net.ts#smooth                 (the same rule under softplus: unbiased)
import { cost, defineModel, normal, parameter, sample, tf } from "gradlens";

const hidden = tf.tensor2d([
  [1.2, -0.8, 0.5, -1.1],
  [-0.4, 0.9, 1.3, 0.7],
]);
const bias = tf.tensor1d([0.1, -0.2, 0.3, 0]);
const out = tf.tensor1d([0.8, 0.6, 0.5, 0.9]);

const net = (activation: (x: tf.Tensor) => tf.Tensor) => () => {
  const mean = parameter("mean", [0.3, -0.2]);
  const logStd = parameter("log-std", [0, 0]);
  return {
    program() {
      const z = sample("z", normal({ mean, std: tf.exp(logStd) })); // [S, B, 2]
      const layer = activation(tf.add(tf.sum(tf.mul(tf.expandDims(z, -1), hidden), -2), bias)); // [S, B, 4]
      cost("f", tf.sum(tf.mul(layer, out), -1)); // [S, B]
    },
  };
};

const options = { estimator: "gsb", optimizer: { id: "adam", learningRate: 0.01 }, steps: 2000 } as const;

export default defineModel("relu-net", net(tf.relu), options);

/** A smooth activation in the ReLU's place. */
export const smooth = defineModel("relu-net-smooth", net(tf.softplus), options);
