import type { tf } from "../backends/tf";
import type { Noise } from "../random/noise";

/** Draws for one node: a view of the noise under the node's name. */
export interface NodeNoise {
  /** Uniforms of (0, 1), `[S, B', …unitShape]`; different streams are independent. */
  uniform(unitShape: readonly number[], stream?: number): tf.Tensor;
}

export function nodeNoise(noise: Noise, node: string): NodeNoise {
  return { uniform: (unitShape, stream) => noise.uniform(node, unitShape, stream) };
}

/**
 * A distribution over independent units. Parameters may lack the leading axes [S, B]. The last `eventRank` axes of a value
 * belong to one draw: 1 for `[units]`, 2 for categorical `[units, K]`.
 */
export interface Distribution {
  readonly id: string;
  readonly eventRank: 1 | 2;
  /** Shape of one draw, without leading axes. */
  readonly unitShape: readonly number[];
  /** The tensors it was made from, for provenance. */
  readonly parameters: Readonly<Record<string, tf.Tensor>>;
  /**
   * Where functions of the model's text are part of it, so that `parameters` are not all: tensors that depend on everything it is made
   * from, for provenance. Call it while operations are recorded.
   */
  influences?(): readonly tf.Tensor[];
  /** An exact draw as a constant, `[S, B', …unitShape]`. */
  sample(noise: NodeNoise): tf.Tensor;
  /** log p(value) summed over units: the value's and parameters' leading axes, broadcast. Nats. */
  logProb(value: tf.Tensor): tf.Tensor;
  /** E[value], with gradients to the parameters; leading axes are the parameters'. A flow: the image of its base's mean. */
  mean(): tf.Tensor;
  /** The same distribution with constant parameters. */
  detached(): Distribution;
  /** Parameters that make no distribution, as a clause with the value found, or null. Reads the tensors back: slow. */
  problem(): string | null;
  /** A value that cannot have come from it (not 0 or 1, not one-hot), as a clause with the value found, or null. Slow. */
  valueProblem(value: tf.Tensor): string | null;
  /** Discrete distributions: the number of states of one unit. */
  readonly statesPerUnit?: number;
}

export function isDiscrete(
  distribution: Distribution,
): distribution is Distribution & { readonly statesPerUnit: number } {
  return distribution.statesPerUnit !== undefined;
}

/** Number of independent units of one draw. */
export function numUnits(distribution: Distribution): number {
  const { unitShape, eventRank } = distribution;
  return eventRank === 2 ? unitShape[0]! : unitShape.reduce((product, size) => product * size, 1);
}
