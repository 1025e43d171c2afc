// Variational autoencoder 784-200-20 whose guide is a normalising flow: a normal moved by four planar layers, with directions of its
// own for every image (Rezende and Mohamed, 2015, section 4.2), trained by sticking the landing through the flow.
//
// Runs on the digits that are built in. For MNIST: --dataset binarized-mnist --data FOLDER.
// Try:  gradlens compare continuous/flow-vae.ts --estimators pathwise,sticking-the-landing
import { bernoulli, defineModel, dense, flow, normal, observe, planar, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

const units = 20;
const numLayers = 4;

export default defineModel(
  "flow-vae",
  () => {
    const encode = dense("encode", 784, 200);
    const mean = dense("mean", 200, units);
    const logStd = dense("log-std", 200, units);
    const planes = Array.from({ length: numLayers }, (_, i) => dense(`plane${i + 1}`, 200, 2 * units + 1));
    const decode = dense("decode", units, 200);
    const output = dense("output", 200, 784);
    return {
      // q(h | x)
      guide({ x }: Images) {
        const hidden = tf.tanh(encode(x));
        const layers = planes.map((plane) => {
          const [u, w, b] = tf.split(plane(hidden), [units, units, 1], -1);
          return planar({ u: u!, w: w!, b: b! });
        });
        sample("h", flow({ base: normal({ mean: mean(hidden), std: tf.exp(logStd(hidden)) }), layers }));
      },
      // p(h) p(x | h)
      model({ x }: Images) {
        const h = sample("h", normal({ mean: tf.zeros([units]), std: tf.ones([units]) }));
        observe("x", bernoulli({ logits: output(tf.tanh(decode(h))) }), x);
      },
    };
  },
  {
    data: "digits-binarized",
    batchSize: 50,
    objective: "elbo",
    estimator: "sticking-the-landing",
    optimizer: { id: "adam", learningRate: 1e-3 },
    epochs: 5,
  },
);
