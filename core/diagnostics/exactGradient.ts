import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { exactDraw, type NodeEstimator, stateless } from "../estimators/estimator";
import type { ModelInstance } from "../graph/instance";
import type { Structure } from "../graph/structure";
import { surrogateRows } from "../gradients/surrogate";
import { gradients, record } from "../gradients/tape";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import { Noise } from "../random/noise";
import { requireStates, stateValues, tileRows } from "./enumerate";
import { finish, type Sliced } from "./sliced";

export interface ExactRequest {
  readonly instance: ModelInstance;
  readonly structure: Structure;
  readonly objective: Objective;
  /** `[1, B, …]`. */
  readonly data: DataInputs;
  readonly batchSize: number;
  readonly numSamples: number;
}

export interface ExactGradient {
  readonly gradients: ReadonlyMap<string, Float64Array>;
  readonly loss: number;
}

/** Adds nothing to the loss of a given state; its derivative is the state's own. */
const givenValue: NodeEstimator = { ...stateless, entropyGradient: "full", draw: exactDraw, surrogate: () => null };

/** Rows evaluated at once; bounds memory. */
const CHUNK_ROWS = 4096;

/**
 * The exact gradient of the batch-mean loss, ∇ 1/B Σ_b Σ_h q(h | x_b) F(x_b, h), all joint states h enumerated. Sums over chunks are
 * taken in float64.
 *
 * @returns by parameter name, row-major; and the exact loss, nats
 */
export function exactGradient(request: ExactRequest): ExactGradient {
  return finish(exactGradientSliced(request));
}

/** The same in slices of states. */
export function* exactGradientSliced(request: ExactRequest): Sliced<ExactGradient> {
  const { instance, structure, objective, data, batchSize, numSamples } = request;
  const states = requireStates(structure, numSamples);
  const totals = new Map(instance.parameters.map(({ name, variable }) => [name, new Float64Array(variable.size)]));
  const variables = instance.parameters.map(({ variable }) => variable);
  const full = new Map(structure.nodes.map((name) => [name, givenValue]));
  const chunk = Math.max(1, Math.floor(CHUNK_ROWS / batchSize));
  let loss = 0;
  // The exact gradient does not change when a constant is taken from F; without its bulk, float32 keeps more digits.
  let offset: number | null = null;
  for (let first = 0; first < states; first += chunk) {
    const count = Math.min(chunk, states - first);
    tidy(() => {
      const noise = new Noise({
        seed: 0,
        step: 0,
        numSamples,
        numRows: count * batchSize,
        replicates: count,
        firstReplicate: 0,
      });
      const forced = stateValues(structure, numSamples, first, count, batchSize);
      const recorded = record(() => {
        const { surrogate, trace } = surrogateRows({
          functions: instance.functions,
          structure,
          objective,
          estimators: full,
          data: tileRows(data, count),
          noise,
          training: false,
          forced,
        });
        const logProbs = [...trace.nodes.values()].map((node) =>
          tf.sum(tf.broadcastTo(node.distribution.logProb(node.value), [numSamples, count * batchSize]), 0),
        );
        const probability =
          logProbs.length === 0
            ? tf.onesLike(surrogate)
            : tf.exp(logProbs.reduce((total, next) => tf.add(total, next)));
        offset ??= surrogate.dataSync()[0]!;
        return { weighted: tf.mul(probability, tf.sub(surrogate, offset)), probability };
      });
      gradients(recorded.tape, recorded.value.weighted, variables).forEach((gradient, i) => {
        if (!gradient) return;
        const total = totals.get(instance.parameters[i]!.name)!;
        gradient.dataSync().forEach((value, element) => void (total[element]! += value / batchSize));
      });
      for (const value of recorded.value.weighted.dataSync()) loss += value / batchSize;
      for (const value of recorded.value.probability.dataSync()) loss += (value * offset!) / batchSize;
      recorded.release();
    });
    yield (first + count) / states;
  }
  return { gradients: totals, loss };
}
