import { bernoulliLogProb } from "../../core/numerics/bernoulliLogProb";
import { Noise } from "../../core/random/noise";
import { adamUpdate } from "../../core/backends/fused/optimizerUpdates";
import { useBackend } from "../../core/backends/registry";
import { tf } from "../../core/backends/tf";
import { startWasm } from "../../core/backends/wasm";
import { interleave } from "../measure/interleave";
import { ms, printTable } from "../measure/table";
import { workingBackends } from "../measure/workingBackends";
import type { Section } from "./section";

const PARTS: readonly [string, () => () => tf.TensorContainer][] = [
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

/** The parts that dominate a step, per back end; before the others, since our kernels replace the plain ones for good. */
export const parts: Section = {
  id: "parts",
  title: "Parts of a step, least ms",
  async run({ rounds }) {
    const columns: [string, readonly number[]][] = [];
    const measure = async (title: string): Promise<void> => {
      const made = PARTS.map(([name, prepare]) => ({ name, f: prepare() }));
      const candidates = made.map(({ name, f }) => ({ name, backend: tf.getBackend(), call: () => tf.dispose(f()) }));
      const timings = await interleave(candidates, { rounds, windowMs: 100, warmUp: 20 });
      columns.push([title, candidates.map(({ name }) => timings.get(name)!.leastMs)]);
    };
    await startWasm();
    await measure("wasm, plain");
    for (const { id } of await workingBackends()) {
      await useBackend(id);
      await measure(id);
    }
    printTable(
      ["part", ...columns.map(([title]) => title)],
      PARTS.map(([name], i) => [name, ...columns.map(([, times]) => ms(times[i]!))]),
    );
  },
};
