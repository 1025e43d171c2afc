// Two toy problems with gamma latents, d of them: minimise E Σ (z − 0.49)² (Echraibi et al., 2020, section 6.1, problem 1) and
// E Σ exp(−0.49 z) (problem 2). The series of generalized stochastic backpropagation ends in the first and sums in the second, so
// `gsb` is exact for both; the others differ in variance.
//
// Try:  gradlens compare continuous/gamma-toy.ts --estimators gsb,implicit-pathwise,weak-reparameterization,lr,measure-valued
import { cost, defineModel, gamma, parameter, sample, tf } from "gradlens";

const epsilon = 0.49;

function build(d: number, f: (z: tf.Tensor) => tf.Tensor) {
  const logConcentration = parameter("log-concentration", tf.zeros([d]));
  const logScale = parameter("log-scale", tf.zeros([d]));
  return {
    program() {
      const z = sample("z", gamma({ concentration: tf.exp(logConcentration), scale: tf.exp(logScale) }));
      cost("f", f(z).sum(-1)); // [S, B]
    },
  };
}

const options = { estimator: "gsb", optimizer: { id: "adam", learningRate: 1e-3 }, steps: 3000, batchSize: 1 };
const square = (z: tf.Tensor): tf.Tensor => tf.square(tf.sub(z, epsilon));
const exponential = (z: tf.Tensor): tf.Tensor => tf.exp(tf.mul(z, -epsilon));

export default defineModel("gamma-square-10", () => build(10, square), options);
export const square1 = defineModel("gamma-square-1", () => build(1, square), options);
export const square100 = defineModel("gamma-square-100", () => build(100, square), options);
export const exponential1 = defineModel("gamma-exponential-1", () => build(1, exponential), options);
export const exponential10 = defineModel("gamma-exponential-10", () => build(10, exponential), options);
export const exponential100 = defineModel("gamma-exponential-100", () => build(100, exponential), options);
