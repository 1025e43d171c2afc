import { tf } from "../../core/backends/tf";

/**
 * The matrix products that a step of the 784-200-784 net cannot do without, batch 100, and nothing else:
 * - `score`: both layers forward, both weights' gradients (4);
 * - `through`: also the gradient towards the bits (5);
 * - `muprop`: also the mean-field pass through the decoder (6; the encoder's product is the same as the sampled pass's);
 * - `baseline`: those of `score` and of a network with 100 hidden units on the data (6).
 */
export function matrixProducts(kind: "score" | "through" | "muprop" | "baseline"): { run(): void; dispose(): void } {
  const made: tf.Tensor[] = [];
  const normal = (rows: number, columns: number): tf.Tensor2D => {
    const tensor = tf.randomNormal([rows, columns]) as tf.Tensor2D;
    made.push(tensor);
    return tensor;
  };
  const [x, encode, decode] = [normal(100, 784), normal(784, 200), normal(200, 784)];
  const [h, dh, dx] = [normal(100, 200), normal(100, 200), normal(100, 784)];
  const [hidden, dHidden] = [normal(784, 100), normal(100, 100)];
  return {
    run() {
      tf.tidy(() => {
        tf.matMul(x, encode);
        tf.matMul(h, decode);
        tf.matMul(h, dx, true);
        const last = tf.matMul(x, dh, true);
        if (kind === "muprop") tf.matMul(h, decode);
        if (kind === "baseline") {
          tf.matMul(x, hidden);
          tf.matMul(x, dHidden, true);
        }
        if (kind === "through" || kind === "muprop") tf.matMul(dx, decode, false, true);
        // Waits for back ends that compute behind the caller's back.
        tf.slice(last, [0, 0], [1, 1]).dataSync();
      });
    },
    dispose: () => tf.dispose(made),
  };
}
