import { fusedGammaProposals, type GammaProposals } from "../backends/fused/gammaProposals";
import { leadingRows } from "../backends/fused/leadingRows";
import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { valuesOf } from "../numerics/special/elementwise";
import { naturalLog } from "../numerics/special/scalar/naturalLog";
import { normalQuantile } from "../numerics/special/scalar/normalQuantile";
import type { NodeNoise } from "./distribution";

/** The smallest positive normal number of float32: what a positive draw is raised to. */
export const smallestPositive = 2 ** -126;

/** Streams of one sampler: a second one of the same node starts here. */
export const gammaStreams = 64;

/** Row-major draws in double precision. */
interface Draws {
  readonly values: Float64Array;
  readonly shape: number[];
}

/**
 * Standard gamma variables by the method of Marsaglia and Tsang; shapes below 1 by boosting, G(a) = G(a + 1) U^(1/a). Reproducible:
 * attempt t of every element reads its own streams.
 *
 * @param concentration a, broadcastable to `[S, B', …unitShape]`; where it is not above 0 the draw is NaN
 * @returns `[S, B', …unitShape]`; shapes far below 1 may give 0, whose logarithm `sampleLogGamma` has
 * Reference: Marsaglia, Tsang, "A simple method for generating gamma variables", 2000.
 */
export function sampleGamma(noise: NodeNoise, unitShape: readonly number[], concentration: tf.Tensor): Draws {
  return draw(noise, unitShape, concentration, false);
}

/** Logarithms of the same variables, log G(a) = log G(a + 1) + log(U)/a, which never underflow. */
export function sampleLogGamma(noise: NodeNoise, unitShape: readonly number[], concentration: tf.Tensor): Draws {
  return draw(noise, unitShape, concentration, true);
}

/**
 * Whether standard gamma variables of these shapes may come out as 0 in double precision: log U ≥ −17 over a is above −545 from 1/32 on,
 * and exp(−745) is still above 0.
 */
export function mayUnderflow(concentration: tf.Tensor): boolean {
  return (valuesOf(concentration) as Float32Array).some((a) => !(a >= 1 / 32));
}

function draw(noise: NodeNoise, unitShape: readonly number[], concentration: tf.Tensor, logarithm: boolean): Draws {
  return tidy(() => {
    const first = noise.uniform(unitShape, 0);
    const { shape, size } = first;
    const a = everywhere(concentration, first);
    const proposals = fusedGammaProposals(a) ?? plainGammaProposals(a);
    let left = size;
    for (let attempt = 0; left > 0 && 2 + 2 * attempt < gammaStreams; attempt++) {
      const normals = attempt === 0 ? first : noise.uniform(unitShape, 1 + 2 * attempt);
      const uniforms = noise.uniform(unitShape, 2 + 2 * attempt);
      left = proposals.attempt(valuesOf(normals) as Float32Array, valuesOf(uniforms) as Float32Array);
    }
    const values = proposals.values();
    if (logarithm) for (let i = 0; i < size; i++) values[i] = Math.log(values[i]!);
    if ((valuesOf(concentration) as Float32Array).some((shapeParameter) => shapeParameter < 1)) {
      const boost = valuesOf(noise.uniform(unitShape, 1));
      for (let i = 0; i < size; i++) {
        if (!(a[i]! < 1)) continue;
        const power = Math.log(boost[i]!) / a[i]!;
        values[i] = logarithm ? values[i]! + power : values[i]! * Math.exp(power);
      }
    }
    return { values, shape };
  });
}

/** A parameter's number for every element of the noise; copies of memory where its leading axes only start over. */
function everywhere(parameter: tf.Tensor, noise: tf.Tensor): Float32Array {
  const given = valuesOf(parameter) as Float32Array;
  if (given.length === 1) return new Float32Array(noise.size).fill(given[0]!);
  const rows = leadingRows(parameter, noise, 1);
  if (!rows || rows.rows !== rows.b) return valuesOf(tf.broadcastTo(parameter, noise.shape)) as Float32Array;
  const out = new Float32Array(noise.size);
  for (let start = 0; start < out.length; start += given.length) out.set(given, start);
  return out;
}

/** The kernel's proposals in plain code. */
export function plainGammaProposals(a: Float32Array): GammaProposals {
  const values = new Float64Array(a.length);
  const pending = Int32Array.from(a, (_, i) => i);
  let left = a.length;
  return {
    attempt: (normals, uniforms) => (left = propose(values, pending, left, a, normals, uniforms)),
    values: () => values,
  };
}

/**
 * One attempt for the first `count` elements of `pending`: those accepted get their value, the others move to the front.
 * @returns how many are left
 */
function propose(
  values: Float64Array,
  pending: Int32Array,
  count: number,
  a: Float32Array,
  normals: Float32Array,
  uniforms: Float32Array,
): number {
  let left = 0;
  for (let k = 0; k < count; k++) {
    const i = pending[k]!;
    const shape = a[i]!;
    if (!(shape > 0)) {
      // A parameter that makes no distribution gives NaN, and is named where that is noticed.
      values[i] = NaN;
      continue;
    }
    const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
    const x = normalQuantile(normals[i]!);
    const root = 1 + x / Math.sqrt(9 * d);
    const v = root * root * root;
    const u = uniforms[i]!;
    const square = x * x;
    // The squeeze accepts nothing that the test would not, and spares most elements the logarithms.
    if (v > 0 && (u < 1 - 0.0331 * square * square || naturalLog(u) < 0.5 * square + d * (1 - v + naturalLog(v))))
      values[i] = d * v;
    else pending[left++] = i;
  }
  return left;
}
