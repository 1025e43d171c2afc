import { tf } from "../../../core/backends/tf";
import { enumerateEstimator } from "../../../core/diagnostics/enumerateEstimator";
import { type MeasuredVariance, measureVariance } from "../../../core/diagnostics/measureVariance";
import {
  chooseEstimators,
  createNodeEstimators,
  type EstimatorSpec,
  parseEstimatorChoice,
} from "../../../core/estimators/estimatorSpec";
import type { NodeEstimator } from "../../../core/estimators/estimator";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse, type Structure } from "../../../core/graph/structure";
import { bernoulli, categorical, cost, defineModel, dense, observe, parameter, sample } from "../../../core/index";
import type { DataInputs, ModelDefinition } from "../../../core/model/defineModel";
import type { Sliced } from "../../../core/diagnostics/sliced";
import type { Objective } from "../../../core/objectives/objective";
import { objective as findObjective } from "../../../core/objectives/registry";

/** A model with its estimators, ready to be measured. */
export interface Bench {
  readonly instance: ModelInstance;
  readonly structure: Structure;
  readonly objective: Objective;
  readonly specs: ReadonlyMap<string, EstimatorSpec>;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  readonly data: DataInputs;
  readonly batchSize: number;
  readonly numSamples: number;
  dispose(): void;
}

export function makeBench(
  definition: ModelDefinition,
  estimator: string,
  { data = {}, objective, numSamples = 1 }: { data?: DataInputs; objective?: string; numSamples?: number } = {},
): Bench {
  const instance = new ModelInstance(definition, 0);
  const structure = analyse(instance, data);
  const id = objective ?? ("program" in instance.functions ? "expected-cost" : "elbo");
  const specs = chooseEstimators(structure.distributions, structure.asked, parseEstimatorChoice(estimator), null, id);
  const estimators = createNodeEstimators(specs);
  return {
    instance,
    structure,
    objective: findObjective(id),
    specs,
    estimators,
    data,
    batchSize: Object.values(data)[0]?.shape[1] ?? 1,
    numSamples,
    dispose() {
      for (const node of estimators.values()) node.dispose();
      instance.dispose();
    },
  };
}

/** Var[ĝ] of the batch-mean estimate by enumeration, per element. */
export function exactVariances(bench: Bench): Map<string, readonly number[]> {
  const moments = enumerateEstimator(bench, bench.estimators, bench.specs);
  return new Map([...moments].map(([name, { variance }]) => [name, [...variance]]));
}

export function measure(
  bench: Bench,
  options: { draws: number; seed?: number; data?: DataInputs; batchSize?: number; elementsUpTo?: number },
): readonly MeasuredVariance[] {
  const { draws, seed = 0, data = bench.data, elementsUpTo = 64 } = options;
  const examples = Object.values(data)[0]?.shape[1] ?? 1;
  const { instance, structure, objective, estimators, numSamples } = bench;
  return measureVariance({
    instance,
    structure,
    objective,
    estimators,
    data,
    examples,
    batchSize: options.batchSize ?? examples,
    hasData: Object.keys(data).length > 0,
    numSamples,
    draws,
    seed,
    step: 0,
    elementsUpTo,
  });
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Two layers away from p = ½ under a cost that is not quadratic. */
export const twoLayers = defineModel("two-layers", () => {
  const prior = parameter("prior", [0.6, -0.9]);
  const head = dense("head", 2, 2, {
    weight: [
      [0.7, -0.4],
      [-1.1, 0.5],
    ],
    bias: [0.2, -0.3],
  });
  return {
    program() {
      const h = sample("h", bernoulli({ logits: prior }));
      const y = sample("y", bernoulli({ logits: head(h) }));
      cost("f", tf.exp(tf.sub(tf.sum(tf.mul(y, tf.tensor1d([0.9, -0.6])), -1), tf.mul(0.5, tf.sum(h, -1)))));
    },
  };
});

/** A categorical node beside a Bernoulli one. */
export const mixedKinds = defineModel("mixed-kinds", () => {
  const choice = parameter("choice", [[0.3, -0.2, 0.8]]);
  const bias = parameter("bias", [-0.7]);
  return {
    program() {
      const c = sample("c", categorical({ logits: choice }));
      const b = sample("b", bernoulli({ logits: bias }));
      const score = tf.sum(tf.mul(c, tf.tensor2d([[0.2, 1.3, -0.8]])), [-2, -1]);
      cost("f", tf.exp(tf.mul(score, tf.add(0.4, tf.sum(b, -1)))));
    },
  };
});

/** q(h | x) and p(x, h) of two hidden and three visible bits. */
export const smallBeliefNet = defineModel("small-belief-net", () => {
  const encode = dense("encode", 3, 2, {
    weight: [
      [0.8, -0.5],
      [0.3, 0.9],
      [-0.6, 0.2],
    ],
  });
  const decode = dense("decode", 2, 3, {
    weight: [
      [1.1, -0.7, 0.4],
      [-0.2, 0.6, -0.9],
    ],
  });
  const prior = parameter("prior", [0.3, -0.4]);
  return {
    guide({ x }: { readonly x: tf.Tensor }) {
      sample("h", bernoulli({ logits: encode(x) }));
    },
    model({ x }: { readonly x: tf.Tensor }) {
      const h = sample("h", bernoulli({ logits: prior }));
      observe("x", bernoulli({ logits: decode(h) }), x);
    },
  };
});

/** The small belief net with a tensor of 5000 elements that the cost barely sees. */
export const withWideTensor = defineModel("with-wide-tensor", () => {
  const { guide, model } = smallBeliefNet.build() as { guide: (data: object) => void; model: (data: object) => void };
  const wide = parameter("wide", tf.zeros([5000]));
  return {
    guide,
    model(data: object) {
      model(data);
      cost("wide", tf.sum(tf.square(wide), -1));
    },
  };
});

/** All eight values of three bits, `[1, 8, 3]`. */
export function eightPatterns(): tf.Tensor {
  return tf.tensor(
    Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) >> (i % 3)) & 1),
    [1, 8, 3],
  );
}

/** The result of a calculation, whether it comes at once or in slices. */
export function resultOf<T>(work: Sliced<T> | T): T {
  if (typeof work !== "object" || work === null || !("next" in work)) return work as T;
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
