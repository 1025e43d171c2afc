import type { tf } from "../backends/tf";
import { type Distribution, nodeNoise } from "../distributions/distribution";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import { withHandler } from "../model/traceContext";
import type { Noise } from "../random/noise";

/**
 * The distributions of what p(x, h) observes, by name, its latents drawn from the model itself and not from the guide. Text that reads
 * the observed value before it observes, as an autoregressive model does, gets that of `data`.
 */
export function ancestralSample(
  { model }: Extract<ModelFunctions, { readonly guide: unknown }>,
  data: DataInputs,
  noise: Noise,
): ReadonlyMap<string, Distribution> {
  const observed = new Map<string, Distribution>();
  withHandler(
    {
      sample: ({ name, distribution }): tf.Tensor => distribution.sample(nodeNoise(noise, name)),
      observe: ({ name, distribution }) => void observed.set(name, distribution),
      cost: () => undefined,
    },
    () => model(data as never),
  );
  return observed;
}
