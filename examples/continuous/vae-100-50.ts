// Two stochastic layers: 784-200-200-100-100-100-50 with tanh units between (Roeder, Wu and Duvenaud, 2017, section 6, after Burda,
// Grosse and Salakhutdinov, 2015). Sticking the landing holds the guide's parameters still in log q while the gradient still flows
// through h1 into q(h2 | h1), which costs one more run of the guide.
import { bernoulli, defineModel, dense, normal, observe, sample, tf } from "gradlens";

interface Images {
  /** [1, B, 784] */
  readonly x: tf.Tensor;
}

/** Two tanh layers and a normal distribution at their end. */
function normalLayer(name: string, inputs: number, hidden: number, units: number) {
  const first = dense(`${name}1`, inputs, hidden);
  const second = dense(`${name}2`, hidden, hidden);
  const mean = dense(`${name}-mean`, hidden, units);
  const logStd = dense(`${name}-log-std`, hidden, units);
  return (x: tf.Tensor) => {
    const h = tf.tanh(second(tf.tanh(first(x))));
    return normal({ mean: mean(h), std: tf.exp(logStd(h)) });
  };
}

function build() {
  const q1 = normalLayer("encode-a", 784, 200, 100);
  const q2 = normalLayer("encode-b", 100, 100, 50);
  const p1 = normalLayer("decode-b", 50, 100, 100);
  const hidden1 = dense("decode-a1", 100, 200);
  const hidden2 = dense("decode-a2", 200, 200);
  const output = dense("output", 200, 784);
  return {
    // q(h1 | x) q(h2 | h1)
    guide({ x }: Images) {
      const h1 = sample("h1", q1(x));
      sample("h2", q2(h1));
    },
    // p(h2) p(h1 | h2) p(x | h1)
    model({ x }: Images) {
      const h2 = sample("h2", normal({ mean: tf.zeros([50]), std: tf.ones([50]) }));
      const h1 = sample("h1", p1(h2));
      observe("x", bernoulli({ logits: output(tf.tanh(hidden2(tf.tanh(hidden1(h1))))) }), x);
    },
  };
}

const options = { data: "digits-binarized", batchSize: 20, optimizer: { id: "adam", learningRate: 1e-3 } };

export default defineModel("vae-100-50", build, { ...options, objective: "elbo", estimator: "sticking-the-landing" });
export const iwae = defineModel("iwae-100-50", build, { ...options, objective: "iwae", samples: 5, estimator: "dreg" });
