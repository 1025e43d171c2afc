// Three bits, then two bits drawn given them, and a cost that multiplies units. What holds for one unit fails here: the
// 1/2 estimator is exact for one bit under a quadratic cost, but not through a layer; MuProp stays unbiased.
//
// Small enough to enumerate all 2⁵ joint states, so `gradlens bias` is exact.
import { bernoulli, cost, defineModel, dense, parameter, sample, tf } from "gradlens";

export default defineModel(
  "two-layers",
  () => {
    const first = parameter("first", [0.4, -0.7, 1.1]);
    const second = dense("second", 3, 2, {
      weight: [
        [1.2, -0.8],
        [-0.5, 0.9],
        [0.7, 1.4],
      ],
      bias: [-0.3, 0.2],
    });
    return {
      program() {
        const h1 = sample("h1", bernoulli({ logits: first }));
        const h2 = sample("h2", bernoulli({ logits: second(h1) }));
        cost("f", tf.exp(h2.mul([1.5, -1]).sum(-1))); // [S, B]
      },
    };
  },
  { estimator: "muprop-c", optimizer: { id: "sgd", learningRate: 0.05, momentum: 0.9 }, steps: 2000 },
);
