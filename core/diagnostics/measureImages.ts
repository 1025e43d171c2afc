import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { type Distribution, isDiscrete, nodeNoise } from "../distributions/distribution";
import { runTrace, type Trace } from "../graph/trace";
import type { DataInputs, ModelFunctions } from "../model/defineModel";
import type { ImageRow } from "../protocol/watched";
import { Noise } from "../random/noise";
import { ancestralSample } from "./ancestralSample";

export interface ImagesRequest {
  readonly functions: ModelFunctions;
  /** Tensors `[1, n, …]`. */
  readonly data: DataInputs;
  /** Width and height of data inputs that are images. */
  readonly images: Readonly<Record<string, readonly [number, number] | undefined>>;
  readonly examples: number;
  readonly seed: number;
  readonly step: number;
}

/** Units of a latent node that are drawn as a picture, at most. */
const MOST_UNITS = 2048;
/** Samples of the model draw from keys of their own, apart from the guide's. */
const PRIOR_REPLICATE = 2 ** 20;
/** Means that differ by more than this depend on something else than latents. */
const SAME = 1e-6;

/**
 * What an image model makes of some examples: the data, discrete latents as maps of probabilities, the mean of every observed image
 * with the latents at their means and at one draw of the guide, and with latents drawn from the model alone (ancestral sampling).
 * The last is left out where a mean depends on the observed values, as in autoregressive decoders, and for programs, which have no prior.
 *
 * @returns no rows for a model that observes no image
 */
export function measureImages(request: ImagesRequest): readonly ImageRow[] {
  const { functions, data, images, examples, seed, step } = request;
  const noise = (firstReplicate: number): Noise =>
    new Noise({ seed, step, numSamples: 1, numRows: examples, replicates: 1, firstReplicate });
  return tidy(() => {
    const trunk = runTrace(functions, data, ({ distribution }) => spreadMean(distribution, examples));
    const observed = imageTerms(trunk, images);
    if (observed.length === 0) return [];
    const drawn = noise(0);
    const sampled = runTrace(functions, data, ({ name, distribution }) => distribution.sample(nodeNoise(drawn, name)));
    const row = (kind: ImageRow["kind"], name: string, distribution: Distribution): ImageRow => {
      const values = spreadMean(distribution, examples).dataSync<"float32">().slice();
      const image = images[name];
      return {
        ...{ kind, name, values },
        shape: distribution.unitShape,
        range: isDiscrete(distribution) ? [0, 1] : extent(values),
        ...(image ? { image } : {}),
      };
    };
    const inputs = Object.entries(data).flatMap(([name, x]): ImageRow[] => {
      const image = images[name];
      const values = x.dataSync<"float32">().slice();
      return image ? [{ kind: "data", name, shape: x.shape.slice(2), image, values, range: extent(values) }] : [];
    });
    const latents = [...trunk.nodes.values()].flatMap(({ name, distribution }) =>
      isDiscrete(distribution) && size(distribution.unitShape) <= MOST_UNITS ? [row("latent", name, distribution)] : [],
    );
    const reconstructed = observed.flatMap(({ name, distribution }) => {
      const atSample = sampled.terms.find((term) => term.kind === "observe" && term.name === name)!.distribution!;
      return [row("mean-field", name, distribution), row("sample", name, atSample)];
    });
    const prior = priorOf(functions, data, noise(PRIOR_REPLICATE), examples);
    const generated = observed.flatMap(({ name }) => {
      const distribution = prior?.get(name);
      return distribution ? [row("prior", name, distribution)] : [];
    });
    return [...inputs, ...latents, ...reconstructed, ...generated];
  });
}

/** Observed nodes that are images: as many units as the data input of that name has pixels. */
function imageTerms(
  trace: Trace,
  images: ImagesRequest["images"],
): readonly { readonly name: string; readonly distribution: Distribution }[] {
  return trace.terms.flatMap(({ kind, name, distribution }) => {
    const image = images[name];
    const fits = kind === "observe" && distribution && image && size(distribution.unitShape) === image[0] * image[1];
    return fits ? [{ name, distribution }] : [];
  });
}

/** What the model observes by itself; null for programs, and what the order of the given examples changes is left out. */
function priorOf(
  functions: ModelFunctions,
  data: DataInputs,
  noise: Noise,
  examples: number,
): ReadonlyMap<string, Distribution> | null {
  if (!("guide" in functions)) return null;
  const turned = Object.fromEntries(Object.entries(data).map(([name, x]) => [name, tf.reverse(x, 1)]));
  const [found, other] = [data, turned].map((given) => ancestralSample(functions, given, noise));
  return new Map(
    [...found!].filter(([name, distribution]) => {
      const difference = tf.sub(spreadMean(distribution, examples), spreadMean(other!.get(name)!, examples));
      return tf.max(tf.abs(difference)).dataSync()[0]! <= SAME;
    }),
  );
}

function spreadMean(distribution: Distribution, examples: number): tf.Tensor {
  return tf.broadcastTo(distribution.mean(), [1, examples, ...distribution.unitShape]);
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** From the lowest to the highest value, at least from 0 to 1. */
function extent(values: Float32Array): readonly [number, number] {
  return values.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 1]);
}
