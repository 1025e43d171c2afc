import { tf } from "../backends/tf";
import { broadcastShape } from "../numerics/special/elementwise";
import type { Distribution, NodeNoise } from "./distribution";

/** A distribution over real units: what pathwise estimators, mixtures and analytic bounds ask for beside the density. */
export interface Continuous extends Distribution {
  readonly statesPerUnit?: never;
  /** Var[value] of every component, shaped like `mean()`; null where it has no closed form. */
  variance(): tf.Tensor | null;
  /** Differential entropy, nats, the parameters' leading axes; null where it has no closed form. */
  entropy(): tf.Tensor | null;
  /**
   * The same value, with the gradient dz/dθ that moves it as θ changes while its place in the distribution stays: z = g(ε, θ) at
   * fixed ε, or −(∂F/∂θ)/p where only the distribution function is known. Any value of the support will do, drawn here or not.
   *
   * @param value `[S, B', …unitShape]`, taken as a constant
   */
  path(value: tf.Tensor): tf.Tensor;
}

/** Continuous units that are independent of each other, each with a density and a distribution function of its own. */
export interface ContinuousUnits extends Continuous {
  variance(): tf.Tensor;
  /** log p per unit, with gradients to value and parameters. */
  unitLogProb(value: tf.Tensor): tf.Tensor;
  /** P(unit ≤ value) per unit, with gradients to value and parameters; P(unit > value), without cancellation, when `upper`. */
  unitCdf(value: tf.Tensor, upper?: boolean): tf.Tensor;
}

export function isContinuous(distribution: Distribution): distribution is Continuous {
  return "path" in distribution;
}

export function hasUnits(distribution: Distribution): distribution is ContinuousUnits {
  return "unitCdf" in distribution;
}

/** The common shape of the parameters' last axes. */
export function commonUnits(parameters: readonly tf.Tensor[], eventRank: number): number[] {
  return [...broadcastShape(parameters)].slice(-eventRank);
}

/** Noise from streams that start at `offset`, of units with axes before their own. */
export function substream(noise: NodeNoise, offset: number, before: readonly number[] = []): NodeNoise {
  return { uniform: (unitShape, stream = 0) => noise.uniform([...before, ...unitShape], offset + stream) };
}

/** 0 where a parameter lies above 0, else NaN: added to a draw, it keeps an impossible distribution from passing for a possible one. */
export function zeroIfPositive(parameter: tf.Tensor): tf.Tensor {
  return tf.mul(tf.log(parameter), 0);
}

/** The axes of one draw, summed over. */
export function sumUnits(x: tf.Tensor): tf.Tensor {
  return tf.sum(x, -1);
}
