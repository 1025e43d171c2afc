import { tidy } from "../backends/tidy";
import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import { nodeWithOwnNoise } from "../estimators/ownNoise";
import { collectRows } from "../gradients/collectRows";
import { Noise } from "../random/noise";
import { requireStates, stateValues, tileRows } from "./enumerate";
import { exactGradientSliced, type ExactRequest } from "./exactGradient";
import { finish, type Sliced } from "./sliced";

export interface EstimatorMoments {
  /** E[ĝ] of the batch-mean estimate, per element. */
  readonly mean: Float64Array;
  /** Var[ĝ] of the batch-mean estimate at this batch, per element. */
  readonly variance: Float64Array;
}

/** Numbers of all rows' gradients held at once, in float32. */
const CHUNK_NUMBERS = 2 ** 23;

/**
 * Mean and variance of an estimator's estimate, exactly: every joint state is forced on it and weighted by its probability.
 * Examples are independent, so the batch-mean's variance is 1/B² Σ_b Var[ĝ_b].
 *
 * @throws GL1402 when a node's estimator has noise of its own, which enumerating values does not reach
 */
export function enumerateEstimator(
  request: ExactRequest,
  estimators: ReadonlyMap<string, NodeEstimator>,
  specs: ReadonlyMap<string, EstimatorSpec>,
): ReadonlyMap<string, EstimatorMoments> {
  return finish(enumerateEstimatorSliced(request, estimators, specs));
}

/** The same in slices of states. */
export function* enumerateEstimatorSliced(
  request: ExactRequest,
  estimators: ReadonlyMap<string, NodeEstimator>,
  specs: ReadonlyMap<string, EstimatorSpec>,
): Sliced<ReadonlyMap<string, EstimatorMoments>> {
  const { instance, structure, objective, data, batchSize: B, numSamples } = request;
  const noisy = nodeWithOwnNoise(specs, structure);
  if (noisy !== null) {
    throw new GradlensError(
      "GL1402",
      `estimator ${specs.get(noisy)!.estimator.id} at node "${noisy}" draws noise of its own, so its mean cannot be enumerated; use --method sample`,
      { usage: true },
    );
  }
  if ([...estimators.values()].every(({ summed }) => summed)) {
    const { gradients } = yield* exactGradientSliced(request);
    return new Map([...gradients].map(([name, mean]) => [name, { mean, variance: new Float64Array(mean.length) }]));
  }
  const states = requireStates(structure, numSamples);
  const size = instance.parameters.reduce((total, { variable }) => total + variable.size, 0);
  const chunk = Math.max(1, Math.min(states, Math.floor(Math.min(4096, CHUNK_NUMBERS / size) / B)));
  const firsts = new Map(instance.parameters.map(({ name, variable }) => [name, new Float64Array(B * variable.size)]));
  const seconds = new Map(instance.parameters.map(({ name, variable }) => [name, new Float64Array(B * variable.size)]));
  const weightSum = new Float64Array(B);
  for (let first = 0; first < states; first += chunk) {
    const count = Math.min(chunk, states - first);
    tidy(() => {
      const noise = new Noise({
        seed: 0,
        step: 0,
        numSamples,
        numRows: count * B,
        replicates: count,
        firstReplicate: 0,
      });
      const { rows, surrogate } = collectRows(instance, {
        structure,
        objective,
        estimators,
        data: tileRows(data, count),
        noise,
        training: false,
        forced: stateValues(structure, numSamples, first, count, B),
      });
      const weights = Float64Array.from(surrogate.logProb.dataSync(), Math.exp);
      weights.forEach((weight, row) => void (weightSum[row % B]! += weight));
      for (const { name, materialise } of rows) {
        const values = materialise().dataSync();
        const mean = firsts.get(name)!;
        const second = seconds.get(name)!;
        const P = mean.length / B;
        for (let row = 0; row < weights.length; row++) {
          const weight = weights[row]!;
          const at = (row % B) * P;
          for (let element = 0; element < P; element++) {
            const value = values[row * P + element]!;
            mean[at + element]! += weight * value;
            second[at + element]! += weight * value * value;
          }
        }
      }
    });
    yield (first + count) / states;
  }
  // Float32 log-probabilities leave the weights' sums at 1 ± 1e-6; dividing by them takes that error out.
  return new Map(
    instance.parameters.map(({ name, variable }) => {
      const P = variable.size;
      const mean = new Float64Array(P);
      const variance = new Float64Array(P);
      for (let b = 0; b < B; b++) {
        for (let element = 0; element < P; element++) {
          const m = firsts.get(name)![b * P + element]! / weightSum[b]!;
          mean[element]! += m / B;
          variance[element]! += Math.max(0, seconds.get(name)![b * P + element]! / weightSum[b]! - m * m) / B ** 2;
        }
      }
      return [name, { mean, variance }];
    }),
  );
}
