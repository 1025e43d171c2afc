import { tf } from "../../../core/backends/tf";
import { Noise } from "../../../core/random/noise";

/** Chosen uniforms for nodes of one unit, `[S, rows]` by node and stream. A draw that was not foreseen is an error. */
export class ChosenNoise extends Noise {
  constructor(
    private readonly uniforms: ReadonlyMap<string, Float32Array>,
    numSamples: number,
    numRows: number,
  ) {
    super({ seed: 0, step: 0, numSamples, numRows, replicates: 1, firstReplicate: 0 });
  }

  override uniform(node: string, unitShape: readonly number[], stream = 0): tf.Tensor {
    const values = this.uniforms.get(keyOf(node, stream));
    if (!values) throw new Error(`no uniforms were chosen for stream ${stream} of node "${node}"`);
    const { numSamples, numRows } = this.layout;
    return tf.tensor(values, [numSamples, numRows, ...unitShape]);
  }
}

export function keyOf(node: string, stream: number): string {
  return `${node} ${stream}`;
}
