import { fusedUniformBlocks } from "../backends/fused/uniformBlocks";
import { tf } from "../backends/tf";
import { fillUniform } from "./uniform";
import { foldIn, foldInName, type Key, keyFromSeed } from "./threefry";

/** How many rows and samples a trace has, and which keys they draw from. */
export interface NoiseLayout {
  readonly seed: number;
  readonly step: number;
  /** S: leading axis of every sampled value. */
  readonly numSamples: number;
  /** B': rows of the second axis; replicates × examples. */
  readonly numRows: number;
  /** R: how many replicates the rows hold, replicate-major; 1 in training. */
  readonly replicates: number;
  /** First replicate's number, so that further draws continue where the last ones ended. */
  readonly firstReplicate: number;
  /** First sample's number, so that many samples can be drawn some at a time; 0 when left out. */
  readonly firstSample?: number;
  /** The rows are these of more examples that are drawn a part at a time: they get what all of them together would get. */
  readonly examples?: { readonly first: number; readonly of: number };
}

/**
 * The noise of one evaluation: every (seed, step, node, replicate, sample) has its own key, so the same seed gives the same noise
 * whatever the estimator, the back end, the number of samples or the number of examples.
 */
export class Noise {
  readonly layout: NoiseLayout;
  private readonly root: Key;

  constructor(layout: NoiseLayout) {
    this.layout = layout;
    this.root = foldIn(keyFromSeed(layout.seed), layout.step);
  }

  /**
   * Independent uniforms of (0, 1) for a node, `[S, B', …unitShape]`.
   *
   * @param stream tells apart several draws of one node; stream 0 decides the node's value
   */
  uniform(node: string, unitShape: readonly number[], stream = 0): tf.Tensor {
    const { examples } = this.layout;
    if (examples) return this.someOf(examples, node, unitShape, stream);
    const { numSamples, numRows, replicates, firstReplicate, firstSample = 0 } = this.layout;
    const units = unitShape.reduce((product, size) => product * size, 1);
    const rowsPerReplicate = numRows / replicates;
    const block = rowsPerReplicate * units;
    const nodeKey = foldIn(foldInName(this.root, node), stream);
    const keys: Key[] = new Array<Key>(numSamples * replicates);
    for (let replicate = 0; replicate < replicates; replicate++) {
      const replicateKey = foldIn(nodeKey, firstReplicate + replicate);
      for (let sample = 0; sample < numSamples; sample++)
        keys[sample * replicates + replicate] = foldIn(replicateKey, firstSample + sample);
    }
    const shape = [numSamples, numRows, ...unitShape];
    const fused = fusedUniformBlocks(keys, shape);
    if (fused) return fused;
    const values = new Float32Array(numSamples * numRows * units);
    keys.forEach((key, i) => fillUniform(key, values, i * block, block));
    return tf.tensor(values, shape);
  }

  /** Draws for all examples and keeps a part: draws are cheap beside what is made of them. */
  private someOf(
    { first, of }: NonNullable<NoiseLayout["examples"]>,
    node: string,
    unitShape: readonly number[],
    stream: number,
  ): tf.Tensor {
    const { examples: _, ...layout } = this.layout;
    const { numSamples: S, numRows, replicates: R } = layout;
    return tf.tidy(() => {
      const all = new Noise({ ...layout, numRows: R * of }).uniform(node, unitShape, stream);
      const units = all.size / (S * R * of);
      const part = tf.slice(tf.reshape(all, [S * R, of, units]), [0, first, 0], [S * R, numRows / R, units]);
      return tf.reshape(part, [S, numRows, ...unitShape]);
    });
  }
}
