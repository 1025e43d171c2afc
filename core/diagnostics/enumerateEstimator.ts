import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import { nodeWithOwnNoise } from "../estimators/ownNoise";
import { plainSet } from "./chunks/chunks";
import { takeChunks } from "./chunks/takeChunks";
import { estimatorStates, type StateRange } from "./chunks/estimatorStates";
import { requireStates } from "./enumerate";
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
  const { instance, structure, batchSize: B, numSamples } = request;
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
  const length = Math.max(1, Math.min(states, Math.floor(Math.min(4096, CHUNK_NUMBERS / size) / B)));
  const firsts = instance.parameters.map(({ variable }) => new Float64Array(B * variable.size));
  const seconds = instance.parameters.map(({ variable }) => new Float64Array(B * variable.size));
  const weightSum = new Float64Array(B);
  const rangeOf = (index: number): StateRange => ({
    first: index * length,
    count: Math.min(length, states - index * length),
  });
  const total = Math.ceil(states / length);
  const subject = { ...request, sets: [plainSet({ estimators, specs })] };
  const work = { kind: estimatorStates, subject, total, args: rangeOf };
  yield* takeChunks(work, request.workers, ({ weights, first, second }) => {
    addTo(weightSum, weights);
    first.forEach((values, i) => addTo(firsts[i]!, values));
    second.forEach((values, i) => addTo(seconds[i]!, values));
  });
  // Float32 log-probabilities leave the weights' sums at 1 ± 1e-6; dividing by them takes that error out.
  return new Map(
    instance.parameters.map(({ name, variable }, i) => {
      const P = variable.size;
      const mean = new Float64Array(P);
      const variance = new Float64Array(P);
      for (let b = 0; b < B; b++) {
        for (let element = 0; element < P; element++) {
          const m = firsts[i]![b * P + element]! / weightSum[b]!;
          mean[element]! += m / B;
          variance[element]! += Math.max(0, seconds[i]![b * P + element]! / weightSum[b]! - m * m) / B ** 2;
        }
      }
      return [name, { mean, variance }];
    }),
  );
}

function addTo(sum: Float64Array, part: Float64Array): void {
  for (let i = 0; i < part.length; i++) sum[i]! += part[i]!;
}
