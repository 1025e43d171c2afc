import { tf } from "../../../core/backends/tf";
import { tidy } from "../../../core/backends/tidy";
import { requireStates, stateValues, tileRows } from "../../../core/diagnostics/enumerate";
import { enumerateEstimator, type EstimatorMoments } from "../../../core/diagnostics/enumerateEstimator";
import { exactGradient } from "../../../core/diagnostics/exactGradient";
import {
  chooseEstimators,
  createNodeEstimators,
  type EstimatorSpec,
  parseEstimatorChoice,
} from "../../../core/estimators/estimatorSpec";
import type { NodeEstimator } from "../../../core/estimators/estimator";
import { nodeWithOwnNoise } from "../../../core/estimators/ownNoise";
import { collectRows } from "../../../core/gradients/collectRows";
import { estimateGradient } from "../../../core/gradients/gradient";
import { ModelInstance } from "../../../core/graph/instance";
import { analyse, type Structure } from "../../../core/graph/structure";
import type { DataInputs } from "../../../core/model/defineModel";
import { objective } from "../../../core/objectives/registry";
import { Noise } from "../../../core/random/noise";
import type { Case } from "./cases";
import { eachMultiset } from "./multisets";

/** Choices of states that are held at once. */
const CHOICES = 4096;

export type Drawn = ReadonlyMap<string, EstimatorMoments & { readonly standardError: Float64Array }>;

export type Values = ReadonlyMap<string, Float64Array>;

/** A case made ready: parameters, structure, data. Dispose it. */
export class Lab {
  readonly instance: ModelInstance;
  readonly structure: Structure;
  readonly data: DataInputs;

  constructor(readonly testCase: Case) {
    this.instance = new ModelInstance(testCase.definition, 1);
    const { inputs } = testCase;
    this.data = inputs ? { x: tf.tensor3d([inputs.map((row) => [...row])]) } : {};
    this.structure = analyse(this.instance, this.data);
  }

  /** The specs at every node, or throws as a user would see it. */
  specs(text: string): ReadonlyMap<string, EstimatorSpec> {
    return chooseEstimators(
      this.structure.distributions,
      this.structure.asked,
      parseEstimatorChoice(text),
      null,
      objective(this.testCase.objective).id,
    );
  }

  hasOwnNoise(text: string): boolean {
    return nodeWithOwnNoise(this.specs(text), this.structure) !== null;
  }

  /** Samples that the case and the estimators need. */
  samples(text: string): number {
    return Math.max(
      this.testCase.samples,
      ...[...this.specs(text).values()].map(({ estimator }) => estimator.minSamples ?? 1),
    );
  }

  exact(): Values {
    return exactGradient(this.request(this.testCase.samples)).gradients;
  }

  /** Exact mean and variance, all joint states enumerated; `prepare` may put baselines in place first. */
  enumerate(
    text: string,
    prepare?: (estimators: ReadonlyMap<string, NodeEstimator>) => void,
  ): ReadonlyMap<string, EstimatorMoments> {
    const specs = this.specs(text);
    return this.withEstimators(text, (estimators) => {
      prepare?.(estimators);
      return enumerateEstimator(this.request(this.samples(text)), estimators, specs);
    });
  }

  /**
   * Exact mean and variance of an estimate of any number of samples whose order does not matter to it: every multiset of one sample's
   * joint states is visited, where `enumerate` visits every tuple.
   */
  enumerateMultisets(
    text: string,
    numSamples: number,
    prepare?: (estimators: ReadonlyMap<string, NodeEstimator>) => void,
  ): ReadonlyMap<string, EstimatorMoments> {
    const { batchSize: B } = this.testCase;
    const choices: (readonly number[])[] = [];
    const logWays: number[] = [];
    eachMultiset(requireStates(this.structure, 1), numSamples, (chosen, ways) => {
      choices.push(chosen);
      logWays.push(ways);
    });
    const { gradients, logProb } = this.atStates(text, choices, prepare);
    const total = new Float64Array(B);
    const weights = logProb.map((value, row) => Math.exp(value + logWays[Math.floor(row / B)]!));
    weights.forEach((weight, row) => void (total[row % B]! += weight));
    return new Map(
      [...gradients].map(([name, rows]) => {
        const P = rows[0]!.length;
        const [mean, variance] = [new Float64Array(P), new Float64Array(P)];
        for (let b = 0; b < B; b++) {
          for (let element = 0; element < P; element++) {
            let [first, second] = [0, 0];
            for (let row = b; row < rows.length; row += B) {
              const value = rows[row]![element]!;
              first += (weights[row]! / total[b]!) * value;
              second += (weights[row]! / total[b]!) * value * value;
            }
            mean[element]! += first / B;
            variance[element]! += Math.max(0, second - first * first) / B ** 2;
          }
        }
        return [name, { mean, variance }];
      }),
    );
  }

  /**
   * The estimates of every example at chosen joint states, one for each sample.
   * @returns rows state-major: row = choice · B + example
   */
  atStates(
    text: string,
    choices: readonly (readonly number[])[],
    prepare?: (estimators: ReadonlyMap<string, NodeEstimator>) => void,
  ): { readonly gradients: ReadonlyMap<string, readonly Float32Array[]>; readonly logProb: Float64Array } {
    const { batchSize: B } = this.testCase;
    const states = requireStates(this.structure, 1);
    const numSamples = choices[0]!.length;
    const gradients = new Map(this.instance.parameters.map(({ name }) => [name, [] as Float32Array[]]));
    const logProb = new Float64Array(choices.length * B);
    this.withEstimators(text, (estimators) => {
      prepare?.(estimators);
      for (let from = 0; from < choices.length; from += CHOICES)
        tidy(() => {
          const part = choices.slice(from, from + CHOICES);
          const numRows = part.length * B;
          const index = tf.tensor1d(
            Array.from({ length: numSamples }, (_, k) =>
              part.flatMap((chosen) => Array<number>(B).fill(chosen[k]!)),
            ).flat(),
            "int32",
          );
          const forced = new Map(
            [...stateValues(this.structure, 1, 0, states, 1)].map(([name, value]) => {
              const chosen = tf.gather(value, index, 1);
              return [name, tf.reshape(chosen, [numSamples, numRows, ...value.shape.slice(2)])];
            }),
          );
          const { rows, surrogate } = collectRows(this.instance, {
            structure: this.structure,
            objective: objective(this.testCase.objective),
            estimators,
            data: tileRows(this.data, part.length),
            noise: new Noise({ seed: 0, step: 0, numSamples, numRows, replicates: part.length, firstReplicate: 0 }),
            training: false,
            forced,
          });
          logProb.set(surrogate.logProb.dataSync(), from * B);
          for (const { name, materialise } of rows) {
            const values = materialise().dataSync<"float32">();
            const P = values.length / numRows;
            for (let row = 0; row < numRows; row++) gradients.get(name)!.push(values.slice(row * P, (row + 1) * P));
          }
        });
    });
    return { gradients, logProb };
  }

  /**
   * Mean, its standard error, and variance of one estimate, from draws of the estimator's own noise.
   * @param enough ends before all draws are made. An unbiased estimator's may look at the standard errors only, never at the means
   */
  draw(text: string, draws: number, enough: (drawn: Drawn, draws: number) => boolean = () => false): Drawn {
    const { batchSize: B } = this.testCase;
    const replicates = 2048;
    const sums = new Map(
      this.instance.parameters.map(({ name, variable }) => [
        name,
        [new Float64Array(variable.size), new Float64Array(variable.size)] as const,
      ]),
    );
    let done = 0;
    const drawn = (): Drawn =>
      new Map(
        [...sums].map(([name, [first, second]]) => {
          const mean = first.map((value) => value / done);
          const variance = second.map((value, element) => Math.max(0, value / done - mean[element]! ** 2));
          return [name, { mean, variance, standardError: variance.map((value) => Math.sqrt(value / done)) }];
        }),
      );
    this.withEstimators(text, (estimators) => {
      for (; done < draws && !(done > 0 && enough(drawn(), done)); done += replicates) {
        tidy(() => {
          const noise = new Noise({
            seed: 0,
            step: 0,
            numSamples: this.samples(text),
            numRows: replicates * B,
            replicates,
            firstReplicate: done,
          });
          const { rows } = collectRows(this.instance, {
            structure: this.structure,
            objective: objective(this.testCase.objective),
            estimators,
            data: tileRows(this.data, replicates),
            noise,
            training: false,
          });
          for (const { name, materialise } of rows) {
            const values = materialise().dataSync();
            const [first, second] = sums.get(name)!;
            const P = first.length;
            for (let replicate = 0; replicate < replicates; replicate++) {
              for (let element = 0; element < P; element++) {
                let mean = 0;
                for (let b = 0; b < B; b++) mean += values[(replicate * B + b) * P + element]! / B;
                first[element]! += mean;
                second[element]! += mean * mean;
              }
            }
          }
        });
      }
    });
    return drawn();
  }

  /** Weighted mean over rows of chosen noise: quadrature over an estimator's own noise. For one example at most. */
  integrate(text: string, noise: Noise, weights: readonly number[]): Values {
    return this.withEstimators(text, (estimators) =>
      tidy(() => {
        const { rows } = collectRows(this.instance, {
          structure: this.structure,
          objective: objective(this.testCase.objective),
          estimators,
          data: tileRows(this.data, noise.layout.numRows),
          noise,
          training: false,
        });
        return new Map(
          rows.map(({ name, shape, materialise }) => {
            const values = materialise().dataSync();
            const mean = new Float64Array(shape.reduce((product, size) => product * size, 1));
            weights.forEach((weight, row) =>
              mean.forEach((_, element) => void (mean[element]! += weight * values[row * mean.length + element]!)),
            );
            return [name, mean];
          }),
        );
      }),
    );
  }

  /** One estimate of the batch-mean gradient. */
  once(text: string, seed: number): Values {
    return this.withEstimators(text, (estimators) => {
      const noise = new Noise({
        seed,
        step: 0,
        numSamples: this.samples(text),
        numRows: this.testCase.batchSize,
        replicates: 1,
        firstReplicate: 0,
      });
      const { gradients } = estimateGradient(this.instance, {
        structure: this.structure,
        objective: objective(this.testCase.objective),
        estimators,
        data: this.data,
        noise,
        training: false,
      });
      const values = new Map([...gradients].map(([name, tensor]) => [name, Float64Array.from(tensor.dataSync())]));
      tf.dispose([...gradients.values()]);
      return values;
    });
  }

  withEstimators<T>(text: string, use: (estimators: ReadonlyMap<string, NodeEstimator>) => T): T {
    const estimators = createNodeEstimators(this.specs(text));
    try {
      return use(estimators);
    } finally {
      for (const estimator of estimators.values()) estimator.dispose();
    }
  }

  dispose(): void {
    tf.dispose(Object.values(this.data));
    this.instance.dispose();
  }

  private request(numSamples: number): Parameters<typeof exactGradient>[0] {
    return {
      instance: this.instance,
      structure: this.structure,
      objective: objective(this.testCase.objective),
      data: this.data,
      batchSize: this.testCase.batchSize,
      numSamples,
    };
  }
}

/** ‖a − b‖ / ‖b‖ over all parameters. */
export function relativeDistance(a: ReadonlyMap<string, { readonly mean: Float64Array }>, b: Values): number {
  let distance = 0;
  let norm = 0;
  for (const [name, exact] of b) {
    exact.forEach((value, element) => {
      distance += (a.get(name)!.mean[element]! - value) ** 2;
      norm += value ** 2;
    });
  }
  return Math.sqrt(distance / norm);
}

/** Sum of the variances of all elements. */
export function totalVariance(moments: ReadonlyMap<string, { readonly variance: Float64Array }>): number {
  let total = 0;
  for (const { variance } of moments.values()) for (const value of variance) total += value;
  return total;
}
