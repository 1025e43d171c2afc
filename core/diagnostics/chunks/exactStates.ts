import { tf } from "../../backends/tf";
import { tidy } from "../../backends/tidy";
import { exactDraw, type NodeEstimator, stateless } from "../../estimators/estimator";
import { surrogateRows } from "../../gradients/surrogate";
import { gradients, record } from "../../gradients/tape";
import { Noise } from "../../random/noise";
import { stateValues, tileRows } from "../enumerate";
import type { ChunkKind, ChunkSubject } from "./chunks";

export interface States {
  /** The first joint state, and how many. */
  readonly first: number;
  readonly count: number;
  /** Taken from every loss: the gradient does not change, and without the loss's bulk float32 keeps more digits. */
  readonly offset: number;
}

interface WeightedGradients {
  /** Σ over states and examples of q(h | x_b) ∇F, one array a parameter; null where nothing depends on it. */
  readonly gradients: readonly (Float32Array | null)[];
  /** q(h | x_b) · (F − offset) of every row. */
  readonly weighted: Float32Array;
  /** q(h | x_b) of every row. */
  readonly probability: Float32Array;
}

/** Adds nothing to the loss of a given state; its derivative is the state's own. */
const givenValue: NodeEstimator = { ...stateless, entropyGradient: "full", draw: exactDraw, surrogate: () => null };

/** The share of some joint states in the exact gradient. */
export const exactStates: ChunkKind<States, WeightedGradients> = {
  id: "exact-states",
  compute: (subject, states) =>
    tidy(() => {
      const recorded = record(() => evaluate(subject, states));
      const { weighted, probability } = recorded.value;
      const variables = subject.instance.parameters.map(({ variable }) => variable);
      const found = gradients(recorded.tape, weighted, variables).map(
        (gradient) => gradient?.dataSync<"float32">() ?? null,
      );
      const result = {
        gradients: found,
        weighted: weighted.dataSync<"float32">(),
        probability: probability.dataSync<"float32">(),
      };
      recorded.release();
      return result;
    }),
};

/** The loss of the first state at the first example, nats. */
export function firstLoss(subject: ChunkSubject): number {
  return tidy(() => {
    const recorded = record(() => evaluate(subject, { first: 0, count: 1, offset: 0 }));
    const [loss] = recorded.value.loss.dataSync();
    recorded.release();
    return loss!;
  });
}

function evaluate(
  { instance, structure, objective, data, batchSize, numSamples, look }: ChunkSubject,
  { first, count, offset }: States,
): { weighted: tf.Tensor; probability: tf.Tensor; loss: tf.Tensor } {
  const numRows = count * batchSize;
  const { surrogate, trace } = surrogateRows({
    functions: instance.functions,
    structure,
    objective,
    estimators: new Map(structure.nodes.map((name) => [name, givenValue])),
    data: tileRows(data, count),
    noise: new Noise({ seed: 0, step: 0, numSamples, numRows, replicates: count, firstReplicate: 0 }),
    training: false,
    forced: stateValues(structure, numSamples, first, count, batchSize),
    ...(look ? { look } : {}),
  });
  const logProbs = [...trace.nodes.values()].map((node) =>
    tf.sum(tf.broadcastTo(node.distribution.logProb(node.value), [numSamples, numRows]), 0),
  );
  const probability =
    logProbs.length === 0 ? tf.onesLike(surrogate) : tf.exp(logProbs.reduce((total, next) => tf.add(total, next)));
  return { weighted: tf.mul(probability, tf.sub(surrogate, offset)), probability, loss: surrogate };
}
