// A two-dimensional posterior that bends, and a guide that can follow it: a normal moved by affine coupling and planar layers.
// The target is a ring of radius 2 whose left half is heavier; a plain normal guide (#normalGuide) covers one side of it.
//
// Try:  gradlens train continuous/flow-toy.ts --steps 3000
//       gradlens compare continuous/flow-toy.ts --estimators pathwise,sticking-the-landing,lr
import {
  affineCoupling,
  cost,
  defineModel,
  dense,
  flow,
  normal,
  normalInit,
  parameter,
  planar,
  sample,
  tf,
} from "gradlens";

/** −log of the target's density up to a constant, less the standard normal prior's part, [S, B]. */
function ring(z: tf.Tensor): tf.Tensor {
  const [first] = tf.split(z, 2, -1);
  const squares = tf.sum(tf.square(z), -1);
  const radius = tf.sqrt(tf.add(squares, 1e-6));
  const away = tf.square(tf.div(tf.sub(radius, 2), 0.4));
  return tf.sub(tf.add(tf.mul(away, 0.5), tf.mul(tf.squeeze(first!, [-1]), 0.5)), tf.mul(squares, 0.5));
}

const options = { objective: "elbo", estimator: "sticking-the-landing", samples: 32, steps: 3000 };
const optimizer = { id: "adam", learningRate: 3e-3 };

function model() {
  const z = sample("z", normal({ mean: [0, 0], std: [1, 1] }));
  cost("ring", ring(z));
}

/** A coupling layer whose shift and scale come from a net of 16 tanh units. */
function coupling(name: string, keep: "first" | "last") {
  const hidden = dense(`${name}/hidden`, 1, 16);
  const output = dense(`${name}/output`, 16, 2, { weight: normalInit([16, 2], 0.05) });
  return affineCoupling({
    keep,
    conditioner(kept) {
      const [shift, logScale] = tf.split(output(tf.tanh(hidden(kept))), 2, -1);
      return { shift: shift!, logScale: tf.tanh(logScale!) };
    },
  });
}

export default defineModel(
  "flow-toy",
  () => {
    const mean = parameter("mean", [0, 0]);
    const logStd = parameter("log-std", [0, 0]);
    const bend = (name: string) =>
      planar({
        u: parameter(`${name}/u`, normalInit([2], 0.1)),
        w: parameter(`${name}/w`, normalInit([2], 1)),
        b: parameter(`${name}/b`, [0]),
      });
    const layers = [
      coupling("first", "first"),
      bend("bend1"),
      coupling("second", "last"),
      bend("bend2"),
      coupling("third", "first"),
      coupling("fourth", "last"),
    ];
    return {
      guide() {
        sample("z", flow({ base: normal({ mean, std: tf.exp(logStd) }), layers }));
      },
      model,
    };
  },
  { ...options, optimizer },
);

/** The same target with a plain normal guide. */
export const normalGuide = defineModel(
  "normal-guide",
  () => {
    const mean = parameter("mean", [0, 0]);
    const logStd = parameter("log-std", [0, 0]);
    return {
      guide() {
        sample("z", normal({ mean, std: tf.exp(logStd) }));
      },
      model,
    };
  },
  { ...options, optimizer },
);
