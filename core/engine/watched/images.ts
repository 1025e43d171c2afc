import { tf } from "../../backends/tf";
import { latentMeans } from "../../diagnostics/latentMeans";
import { measureImages } from "../../diagnostics/measureImages";
import { principalComponents } from "../../diagnostics/principalComponents";
import type { LatentSpace } from "../../protocol/watched";
import type { Prepared } from "../prepare";
import { testExamples } from "../testExamples";
import type { WatchedMeasurement } from "./watchedView";

/** Pictures in a row, and examples in the latent space. */
const PICTURES = 12;
const POINTS = 400;
/** Latent nodes that are projected, at most. */
const MOST_NODES = 6;

/** Examples beside their reconstructions, samples of the model, and the latent space. */
export const images: WatchedMeasurement = {
  id: "images",
  applies: ({ dataset, structure }) =>
    Object.entries(dataset?.test.inputs ?? {}).some(
      ([name, { image }]) => image !== undefined && structure.upstream.has(`observe:${name}`),
    ),
  create() {
    const axes = new Map<string, Float64Array>();
    return ({ prepared, step }) => {
      const { dataset, instance, seed } = prepared;
      const sizes = Object.fromEntries(
        Object.entries(dataset?.test.inputs ?? {}).map(([name, { image }]) => [name, image]),
      );
      if (!dataset || Object.values(sizes).every((image) => image === undefined)) return { images: null };
      const rows = withExamples(prepared, PICTURES, (data, examples) =>
        measureImages({ functions: instance.functions, data, images: sizes, examples, seed, step }),
      );
      if (rows.length === 0) return { images: null };
      const means = withExamples(prepared, POINTS, (data, n) => latentMeans(instance.functions, data, n));
      const latents = [...means].slice(0, MOST_NODES).map(([node, { units, values }]): LatentSpace => {
        if (units <= 2) return { node, units, points: asPlane(values, units), explained: null };
        const found = principalComponents(values, units, axes.get(node));
        axes.set(node, found.axes);
        return { node, units, points: found.points, explained: found.explained };
      });
      const examples = Math.min(PICTURES, dataset.test.size);
      const labels = dataset.test.labels?.slice(0, POINTS) ?? null;
      return { images: { step, examples, rows, latents, labels } };
    };
  },
};

/** One unit lies on a line. */
function asPlane(values: Float32Array, units: number): Float32Array {
  return units === 2
    ? values
    : Float32Array.from({ length: 2 * values.length }, (_, i) => (i % 2 ? 0 : values[i / 2]!));
}

function withExamples<T>(
  prepared: Prepared,
  most: number,
  use: (data: Parameters<typeof latentMeans>[1], n: number) => T,
): T {
  const { data, numRows } = testExamples(prepared, most)!;
  try {
    return use(data, numRows);
  } finally {
    tf.dispose(Object.values(data));
  }
}
