import type { tf } from "../backends/tf";
import { Noise, type NoiseLayout } from "./noise";

/** The noise of a layout, but for some nodes, which take that of another replicate. */
export class RedrawnNoise extends Noise {
  private readonly other: Noise;

  /** @param offset replicates between the layout's noise and the redrawn one */
  constructor(
    layout: NoiseLayout,
    offset: number,
    private readonly redrawn: ReadonlySet<string>,
  ) {
    super(layout);
    this.other = new Noise({ ...layout, firstReplicate: layout.firstReplicate + offset });
  }

  override uniform(node: string, unitShape: readonly number[], stream = 0): tf.Tensor {
    return this.redrawn.has(node)
      ? this.other.uniform(node, unitShape, stream)
      : super.uniform(node, unitShape, stream);
  }
}
