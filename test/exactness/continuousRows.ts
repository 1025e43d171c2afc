import { tf } from "../../core/backends/tf";
import type { Distribution } from "../../core/distributions/distribution";
import { chooseEstimators, createNodeEstimators, parseEstimatorChoice } from "../../core/estimators/estimatorSpec";
import { estimateGradient } from "../../core/gradients/gradient";
import { surrogateRows } from "../../core/gradients/surrogate";
import { ModelInstance } from "../../core/graph/instance";
import { analyse } from "../../core/graph/structure";
import { cost } from "../../core/model/cost";
import { defineModel, type ModelFunctions } from "../../core/model/defineModel";
import { parameter } from "../../core/model/parameter";
import { sample } from "../../core/model/sample";
import { objective } from "../../core/objectives/registry";
import { Noise } from "../../core/random/noise";

export type Parameters = Readonly<Record<string, readonly number[]>>;
export type Tensors = Readonly<Record<string, tf.Tensor>>;
export type MakeDistribution = (parameters: Tensors) => Distribution;

export interface RowsOptions {
  readonly numRows: number;
  /** Values of nodes, `[S, rows, units]` row-major; drawn when left out. */
  readonly values?: Readonly<Record<string, Float32Array>>;
  readonly objective?: string;
  readonly numSamples?: number;
  readonly seed?: number;
}

/**
 * One gradient estimate per row: every row has parameters of its own, `[1, rows, size]`, so that the gradient of the batch mean, times
 * the number of rows, is every row's estimate.
 *
 * @param estimator as on the command line
 * @param parameters values of each parameter, the same in every row
 * @returns by parameter, row-major `[rows, size]`
 */
export function rowGradients(
  estimator: string,
  parameters: Parameters,
  build: (own: Tensors) => ModelFunctions,
  options: RowsOptions,
): Record<string, Float64Array> {
  return gradientsAndLosses(estimator, parameters, build, options).gradients;
}

/** The same, and the loss of every row, nats. */
export function gradientsAndLosses(
  estimator: string,
  parameters: Parameters,
  build: (own: Tensors) => ModelFunctions,
  options: RowsOptions,
): { readonly gradients: Record<string, Float64Array>; readonly losses: Float64Array } {
  const { numRows, values, seed = 1, numSamples = 1 } = options;
  const choice = parseEstimatorChoice(estimator);
  const definition = defineModel("rows", () =>
    build(
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name,
          parameter(name, tf.tile(tf.tensor([...value], [1, 1, value.length]), [1, numRows, 1])),
        ]),
      ),
    ),
  );
  const instance = new ModelInstance(definition, 0);
  const placeholder = tf.zeros([1, numRows, 1]); // says how many rows there are
  const data = { rows: placeholder };
  const structure = analyse(instance, data);
  const objectiveId = options.objective ?? "expected-cost";
  const estimators = createNodeEstimators(
    chooseEstimators(structure.distributions, structure.asked, choice, null, objective(objectiveId).id),
  );
  const forced = new Map(
    Object.entries(values ?? {}).map(([name, value]) => [
      name,
      tf.tensor(value, [numSamples, numRows, value.length / numRows / numSamples]),
    ]),
  );
  try {
    const evaluation = {
      structure,
      objective: objective(objectiveId),
      estimators,
      data,
      noise: new Noise({ seed, step: 0, numSamples, numRows, replicates: 1, firstReplicate: 0 }),
      training: false,
      ...(forced.size > 0 ? { forced } : {}),
    };
    const { gradients } = estimateGradient(instance, evaluation);
    const out: Record<string, Float64Array> = {};
    for (const [name, gradient] of gradients) {
      out[name] = Float64Array.from(gradient.dataSync(), (g) => g * numRows);
      gradient.dispose();
    }
    const losses = tf.tidy(() => surrogateRows({ ...evaluation, functions: instance.functions }).loss.dataSync());
    return { gradients: out, losses: Float64Array.from(losses) };
  } finally {
    forced.forEach((tensor) => tensor.dispose());
    placeholder.dispose();
    for (const node of estimators.values()) node.dispose();
    instance.dispose();
  }
}

/** `rowGradients` of an expected cost Σ_u f(z_u) at one node "z". */
export function costRows(
  estimator: string,
  make: MakeDistribution,
  parameters: Parameters,
  f: (z: tf.Tensor) => tf.Tensor,
  options: Omit<RowsOptions, "values"> & { readonly values?: Float32Array },
): Record<string, Float64Array> {
  const { values, ...rest } = options;
  const build = (own: Tensors): ModelFunctions => ({ program: () => cost("f", tf.sum(f(sample("z", make(own))), -1)) });
  return rowGradients(estimator, parameters, build, { ...rest, ...(values ? { values: { z: values } } : {}) });
}

/** Mean and unbiased variance of column `k` of row-major `[rows, size]`, rows weighted by `weights` where given (which sum to 1). */
export function momentsOf(
  rows: Float64Array,
  size = 1,
  k = 0,
  weights?: Float64Array,
): { readonly mean: number; readonly variance: number; readonly standardError: number } {
  const n = rows.length / size;
  const weight = (i: number): number => weights?.[i] ?? 1 / n;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += weight(i) * rows[i * size + k]!;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += weight(i) * (rows[i * size + k]! - mean) ** 2;
  if (!weights) variance *= n / (n - 1);
  return { mean, variance, standardError: Math.sqrt(variance / n) };
}
