import { tf } from "../../backends/tf";
import { tidy } from "../../backends/tidy";
import { nodeNoise } from "../../distributions/distribution";
import type { Bernoulli } from "../../distributions/bernoulli";
import type { Categorical } from "../../distributions/categorical";
import { runTrace } from "../../graph/trace";
import { Noise } from "../../random/noise";
import { tileRows } from "../enumerate";
import type { ExactRequest } from "../exactGradient";

/** How undecided a discrete node is, over sampled passes. */
export interface NodeActivity {
  readonly units: number;
  /** Units whose most probable state had a probability above 0.999 in every pass. */
  readonly saturatedUnits: number;
  /** Mean entropy of a unit over the largest possible, 0 to 1. */
  readonly entropyShare: number;
}

const SATURATED = 0.999;
/** Rows of the sampled passes, about. */
const ROWS = 128;

/** Runs the model a few times and sees how decided its discrete nodes are. */
export function observeNodes({
  instance,
  data,
  batchSize,
  seed,
  step,
}: Pick<ExactRequest, "instance" | "data" | "batchSize"> & {
  readonly seed: number;
  readonly step: number;
}): ReadonlyMap<string, NodeActivity> {
  const replicates = Math.max(1, Math.floor(ROWS / batchSize));
  const numRows = replicates * batchSize;
  return tidy(() => {
    const noise = new Noise({ seed, step, numSamples: 1, numRows, replicates, firstReplicate: 0 });
    const { nodes } = runTrace(instance.functions, tileRows(data, replicates), ({ name, distribution }) =>
      distribution.sample(nodeNoise(noise, name)),
    );
    return new Map(
      [...nodes.values()].flatMap(({ name, distribution }) => {
        if (distribution.id !== "bernoulli" && distribution.id !== "categorical") return [];
        return [[name, activityOf(distribution as Bernoulli | Categorical)] as const];
      }),
    );
  });
}

function activityOf(distribution: Bernoulli | Categorical): NodeActivity {
  const binary = distribution.id === "bernoulli";
  const mean = distribution.mean();
  const states = binary ? tf.stack([mean, tf.sub(1, mean)], -1) : mean; // […, units, K]
  const [units, K] = states.shape.slice(-2) as [number, number];
  const all = tf.reshape(states, [-1, units, K]);
  const least = tf.min(tf.max(all, -1), 0).dataSync();
  const entropy = tf.neg(tf.sum(tf.mul(all, tf.log(tf.maximum(all, 1e-30))), -1));
  return {
    units,
    saturatedUnits: Array.from(least).filter((probability) => probability > SATURATED).length,
    entropyShare: tf.mean(entropy).dataSync()[0]! / Math.log(K),
  };
}
