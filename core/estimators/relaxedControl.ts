import { tf } from "../backends/tf";
import type { DescendantDraw, SurrogateContext } from "./estimator";
import { isRelaxable, relaxedDraw, relaxedFrom, relaxedGiven, type Relaxable, type RelaxedValue } from "./relaxed";

/** Streams of the noise behind z given a forced value, and behind z̃ given the drawn one. */
const FORCED_STREAM = 1;
const CONDITIONAL_STREAM = 2;

/** The relaxed control variate at a pair (z, z̃), z̃ given the drawn value b. All constants. */
export interface RelaxedPair {
  readonly free: RelaxedValue;
  readonly given: RelaxedValue;
  /** Cost at the relaxed z̃, `[S, B']`. */
  readonly credit: tf.Tensor;
  /** Derivatives of the cost at z and z̃, `[S, B', …unitShape]`. */
  readonly freeSlope: tf.Tensor;
  readonly givenSlope: tf.Tensor;
}

/**
 * The relaxed costs c(z) and c(z̃) at several temperatures, in one evaluation. Nodes downstream are relaxed at the same temperature, from
 * the noise that decided their drawn values; that noise is independent of this node's, so each layer's control variate has mean zero on
 * its own (the multi-layer form of Tucker and others, 2017, section 3.3).
 */
export function relaxedPairs(context: SurrogateContext, temperatures: readonly number[]): RelaxedPair[] {
  const { value, noise, forced, evaluate } = context;
  const distribution = context.distribution as Relaxable;
  const { unitShape } = distribution;
  const v = noise.uniform(unitShape, CONDITIONAL_STREAM);
  const u = noise.uniform(unitShape, forced ? FORCED_STREAM : 0);
  return temperatures.map((temperature) => {
    const free = forced ? relaxedGiven(distribution, value, u, temperature) : relaxedFrom(distribution, u, temperature);
    const given = relaxedGiven(distribution, value, v, temperature);
    const descendants: DescendantDraw = (site, siteNoise, estimator) => {
      if (isRelaxable(site)) return relaxedDraw(site, siteNoise, temperature);
      // A draw that no gradient flows through would make the slope wrong; its mean is a function of its parents.
      const flows = estimator.entropyGradient === "full" || estimator.entropyGradient === "path";
      return flows
        ? estimator.draw(site, siteNoise, null)
        : tf.broadcastTo(site.mean(), siteNoise.uniform(site.unitShape).shape);
    };
    const { credit, slope } = evaluate({
      copies: 2,
      value: tf.concat([free.soft, given.soft], 0),
      descendants,
      slope: true,
    });
    const [freeSlope, givenSlope] = tf.split(slope!, 2, 0) as [tf.Tensor, tf.Tensor];
    return { free, given, credit: tf.gather(credit, 1), freeSlope, givenSlope };
  });
}

/** b − E b: derivative of log p(b) with respect to the logits. */
export function logitScore({ value, distribution }: Pick<SurrogateContext, "value" | "distribution">): tf.Tensor {
  return tf.sub(value, distribution.mean());
}

/** A signal `[S, B']` as a factor of per-unit tensors. */
export function asFactor(signal: tf.Tensor, eventRank: number): tf.Tensor {
  return tf.reshape(signal, [...signal.shape, ...Array<number>(eventRank).fill(1)]);
}
