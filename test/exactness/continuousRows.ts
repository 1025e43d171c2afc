import { tf } from "../../core/backends/tf";
import type { Distribution } from "../../core/distributions/distribution";
import { createNodeEstimators, parseEstimator } from "../../core/estimators/estimatorSpec";
import { estimateGradient } from "../../core/gradients/gradient";
import { ModelInstance } from "../../core/graph/instance";
import { analyse } from "../../core/graph/structure";
import { cost } from "../../core/model/cost";
import { defineModel } from "../../core/model/defineModel";
import { parameter } from "../../core/model/parameter";
import { sample } from "../../core/model/sample";
import { objective } from "../../core/objectives/registry";
import { Noise } from "../../core/random/noise";

export type MakeDistribution = (parameters: Readonly<Record<string, tf.Tensor>>) => Distribution;

export interface RowsOptions {
  /** Values of the node, one per row; drawn when left out. */
  readonly values?: Float32Array;
  readonly numRows: number;
  readonly seed?: number;
  /** Units of a value; 1 when left out. */
  readonly units?: number;
}

/**
 * One gradient estimate per row of an expected cost at one node: every row has parameters of its own, so that the gradient of the
 * batch mean, times the number of rows, is every row's estimate.
 *
 * @param parameters values of each parameter, the same in every row
 * @returns by parameter, row-major `[rows, size]`
 */
export function rowGradientsOf(estimator: string, make: MakeDistribution, parameters: Readonly<Record<string, readonly number[]>>, f: (z: tf.Tensor) => tf.Tensor, options: RowsOptions): Record<string, Float64Array> {
  const { numRows, values, seed = 1, units = 1 } = options;
  const definition = defineModel("rows", () => {
    const own = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, parameter(name, tf.tile(tf.tensor([...value], [1, 1, value.length]), [1, numRows, 1]))]),
    );
    return {
      program() {
        const z = sample("z", make(own));
        cost("f", tf.sum(f(z), -1));
      },
    };
  });
  const instance = new ModelInstance(definition, 0);
  const spec = parseEstimator(estimator);
  const estimators = createNodeEstimators(new Map([["z", spec]]));
  const forced = values ? new Map([["z", tf.tensor(values, [1, numRows, units])]]) : null;
  const placeholder = tf.zeros([1, numRows, 1]); // says how many rows there are
  const data = { rows: placeholder };
  try {
    const { gradients } = estimateGradient(instance, {
      structure: analyse(instance, data),
      objective: objective("expected-cost"),
      estimators,
      data,
      noise: new Noise({ seed, step: 0, numSamples: 1, numRows, replicates: 1, firstReplicate: 0 }),
      training: false,
      ...(forced ? { forced } : {}),
    });
    const out: Record<string, Float64Array> = {};
    for (const [name, gradient] of gradients) {
      out[name] = Float64Array.from(gradient.dataSync(), (g) => g * numRows);
      gradient.dispose();
    }
    return out;
  } finally {
    forced?.forEach((tensor) => tensor.dispose());
    placeholder.dispose();
    for (const node of estimators.values()) node.dispose();
    instance.dispose();
  }
}
