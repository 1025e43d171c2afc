import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import { withHandler } from "../model/traceContext";

export interface LatentMeans {
  /** Numbers of one value. */
  readonly units: number;
  /** `[n, units]`. */
  readonly values: Float32Array;
}

/** The mean of every latent node for n examples, in the guide's (or program's) order; below others, with their means as values. */
export function latentMeans(functions: ModelFunctions, data: DataInputs, n: number): ReadonlyMap<string, LatentMeans> {
  return tidy(() => {
    const found = new Map<string, LatentMeans>();
    withHandler(
      {
        sample({ name, distribution }) {
          const mean = tf.broadcastTo(distribution.mean(), [1, n, ...distribution.unitShape]);
          found.set(name, { units: mean.size / n, values: mean.dataSync<"float32">().slice() });
          return mean;
        },
        observe: () => undefined,
        cost: () => undefined,
      },
      () => ("guide" in functions ? functions.guide(data as never) : functions.program(data as never)),
    );
    return found;
  });
}
