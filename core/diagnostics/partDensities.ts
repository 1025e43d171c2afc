import { tidy } from "../backends/tidy";
import type { PartDensity } from "../protocol/watched";
import { type PathScoreRequest, pathScoreRows } from "./pathScoreRows";

const BINS = 64;
/** Elements of a parameter that are counted, evenly spaced. */
const ELEMENTS = 128;
/** Share of the widest part's values that the bins reach over. */
const INSIDE = 0.98;

/**
 * Histograms of the elements of single examples' gradients, path and score part apart and added up: at most 128 elements of each
 * parameter, over `examples` × `draws` rows. All parts of a parameter share the bins, which lie evenly around 0.
 *
 * @returns an entry for every parameter that log q depends on; none without a node that has both parts
 */
export function partDensities(request: PathScoreRequest): readonly PartDensity[] {
  const parts = pathScoreRows(request);
  if (!parts) return [];
  return tidy(() => {
    const { path, score } = parts(0, request.draws);
    return path.flatMap((rows, i) => {
      const indices = spreadOut(rows.shape.reduce((product, axis) => product * axis, 1));
      const [p, s] = [rows, score[i]!].map((each) => each.elements(indices).dataSync<"float32">());
      return s!.some((value) => value !== 0) ? [density(rows.name, p!, s!)] : [];
    });
  });
}

/** At most `ELEMENTS` indices below `size`, evenly spaced. */
function spreadOut(size: number): Int32Array {
  const count = Math.min(size, ELEMENTS);
  return Int32Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * size) / count));
}

/** Counts of one parameter's values. */
export function density(name: string, path: ArrayLike<number>, score: ArrayLike<number>): PartDensity {
  const kept: [number, number][] = [];
  for (let i = 0; i < path.length; i++) if (path[i] !== 0 || score[i] !== 0) kept.push([path[i]!, score[i]!]);
  const parts = {
    path: kept.map(([p]) => p),
    score: kept.map(([, s]) => s),
    total: kept.map(([p, s]) => p + s),
  };
  const reach = Math.max(...Object.values(parts).map(reachOf), Number.MIN_VALUE);
  const count = (values: readonly number[]): Uint32Array => {
    const counts = new Uint32Array(BINS);
    for (const value of values) {
      const bin = Math.floor(((value + reach) / (2 * reach)) * BINS);
      // The upper end belongs to the last bin.
      if (value >= -reach && value <= reach) counts[Math.min(bin, BINS - 1)]!++;
    }
    return counts;
  };
  return {
    name,
    low: -reach,
    high: reach,
    path: count(parts.path),
    score: count(parts.score),
    total: count(parts.total),
    values: kept.length,
    zeroShare: path.length > 0 ? 1 - kept.length / path.length : 0,
  };
}

/** The magnitude below which a share `INSIDE` of the values lies. */
function reachOf(values: readonly number[]): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.min(sizes.length - 1, Math.ceil(INSIDE * sizes.length))] ?? 0;
}
