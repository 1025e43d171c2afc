// Milliseconds of the parts that dominate a step, per back end, side by side in one run: node --import tsx bench/backends.ts
import { bernoulliLogProb } from "../core/numerics/bernoulliLogProb";
import { Noise } from "../core/random/noise";
import { adamUpdate } from "../core/backends/fused/optimizerUpdates";
import { backends, useBackend } from "../core/backends/registry";
import { tf } from "../core/backends/tf";
import { startWasm } from "../core/backends/wasm";

const parts: readonly [string, () => () => tf.TensorContainer][] = [
  [
    "dense forward, 100 × 784 × 200",
    () => {
      const { x, weight, bias } = layer();
      return () => tf.fused.matMul({ a: x, b: weight, bias });
    },
  ],
  [
    "dense backward: weight, input and bias",
    () => {
      const { x, weight, dy } = layer();
      return () => [tf.matMul(x, dy, true), tf.matMul(dy, weight, false, true), tf.sum(dy, 0)];
    },
  ],
  [
    "softplus, 78 400",
    () => {
      const a = tf.randomNormal([100, 784]);
      return () => tf.softplus(a);
    },
  ],
  [
    "Bernoulli log-probability and gradient, 100 × 784",
    () => {
      const [a, x] = [tf.randomNormal([100, 784]), tf.cast(tf.less(tf.randomUniform([100, 784]), 0.5), "float32")];
      const gradient = tf.valueAndGrad((logits: tf.Tensor) => tf.sum(bernoulliLogProb(logits, x)));
      return () => {
        const { value, grad } = gradient(a);
        return [value, grad];
      };
    },
  ],
  [
    "Adam, 156 800",
    () => {
      const gradient = tf.randomNormal([784, 200]);
      const [p, m, v] = [0, 1, 2].map(() => tf.tidy(() => tf.variable(tf.zeros([784, 200])))) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      let step = 0;
      return () => {
        adamUpdate(p, gradient, m, v, { learningRate: 1e-3, step: ++step, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
        return [];
      };
    },
  ],
  [
    "noise, 20 000 uniforms",
    () => {
      let step = 0;
      return () =>
        new Noise({ seed: 1, step: step++, numSamples: 1, numRows: 100, replicates: 1, firstReplicate: 0 }).uniform(
          "h",
          [200],
        );
    },
  ],
  [
    "adding two scalars",
    () => {
      const [a, b] = [tf.scalar(1), tf.scalar(2)];
      return () => tf.add(a, b);
    },
  ],
];

function layer(): { x: tf.Tensor2D; weight: tf.Tensor2D; bias: tf.Tensor1D; dy: tf.Tensor2D } {
  const normal = (shape: number[]): tf.Tensor => tf.randomNormal(shape);
  return {
    x: normal([100, 784]),
    weight: normal([784, 200]),
    bias: normal([200]),
    dy: normal([100, 200]),
  } as ReturnType<typeof layer>;
}

/** Least milliseconds of a call within a window, after a warm-up. */
function leastMs(f: () => tf.TensorContainer, windowMs = 300): number {
  const once = (): number => {
    const start = performance.now();
    tf.dispose(f());
    return performance.now() - start;
  };
  for (let i = 0; i < 20; i++) once();
  let least = Infinity;
  for (const end = performance.now() + windowMs; performance.now() < end;) least = Math.min(least, once());
  return least;
}

async function main(): Promise<void> {
  const columns: [string, number[]][] = [];
  const measure = (title: string): void => {
    const times = parts.map(([, prepare]) => leastMs(prepare()));
    columns.push([title, times]);
  };
  await startWasm();
  measure("wasm, plain");
  for (const { id, optIn } of [...backends].reverse()) {
    if (optIn) continue;
    try {
      const { reason } = await useBackend(id);
      measure(id);
      console.error(`${id}: ${reason}`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
    }
  }
  console.log(["ms", ...columns.map(([title]) => title)].join(" | "));
  parts.forEach(([title], i) =>
    console.log([title, ...columns.map(([, times]) => times[i]!.toPrecision(3))].join(" | ")),
  );
}

void main();
