// fDARN 200-784: a belief net whose latent bits have autoregressive connections among themselves. MuProp (Gu et al.,
// 2016), section 5.2, after deep autoregressive networks (Gregor et al., 2014).
//
// Our reading, since the papers give no equations for it: bit i of the prior depends on the bits before it,
//   p(h) = Π_i p(h_i | h_1 … h_{i−1}),  logits = b + W h with W strictly triangular;
// given h the pixels are independent, and the recognition net q(h | x) is factorial. So sampling the guide takes one
// pass, and log p(h) one masked matrix product. (A sample of the prior itself would take 200.)
//
// For MNIST: --dataset binarized-mnist --data FOLDER.
import { bernoulli, defineModel, dense, observe, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

const units = 200;

export default defineModel(
  "fdarn-200",
  () => {
    const encode = dense("encode", 784, units);
    const decode = dense("decode", units, 784);
    const earlier = dense("earlier", units, units, { weight: tf.zeros([units, units]), mask: strictlyUpper(units) });
    // The bits that the guide drew: the logits of the prior are a function of them.
    let drawn: tf.Tensor;
    return {
      guide({ x }: Images) {
        drawn = sample("h", bernoulli({ logits: encode(x) }));
      },
      model({ x }: Images) {
        const h = sample("h", bernoulli({ logits: earlier(drawn) }));
        observe("x", bernoulli({ logits: decode(h) }), x);
      },
    };
  },
  {
    data: "digits-binarized",
    batchSize: 100,
    objective: "elbo",
    estimator: "muprop-c",
    optimizer: { id: "sgd", learningRate: 3e-3, momentum: 0.9 },
  },
);

/** Ones where the row (the bit that is read) comes before the column (the bit that is predicted). */
function strictlyUpper(size: number): tf.Tensor2D {
  const ones = new Float32Array(size * size);
  for (let from = 0; from < size; from++) ones.fill(1, from * size + from + 1, (from + 1) * size);
  return tf.tensor2d(ones, [size, size]);
}
