/** Directions kept besides the two wanted: the closer the eigenvalues, the more they speed up. */
const EXTRA = 4;
const MAX_ROUNDS = 200;
const ENOUGH = 1e-7;

export interface PrincipalComponents {
  /** Coordinates of every row along the first two components, `[n, 2]`. */
  readonly points: Float32Array;
  /** The components, `[2, d]`, orthonormal. */
  readonly axes: Float64Array;
  /** Share of the rows' variance along each. */
  readonly explained: readonly [number, number];
}

/**
 * The first two principal components of n rows of d ≥ 2 numbers, by orthogonal iteration with Rayleigh–Ritz on Xᵀ X, X centred (Golub
 * and Van Loan, Matrix Computations, section 8.2.4). Rows without any variance lie at the origin.
 *
 * @param before components of an earlier call: where the iteration begins, and whose signs the new ones take
 */
export function principalComponents(rows: Float32Array, d: number, before?: Float64Array): PrincipalComponents {
  const n = rows.length / d;
  const x = centred(rows, n, d);
  const block = Math.min(d, 2 + EXTRA);
  let axes = startingAxes(block, d, before?.length === 2 * d ? before : undefined);
  let values: readonly number[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const scores = project(x, axes, n, d, block); // [n, block]
    const ritz = symmetricEigen(gram(scores, n, block), block);
    const turned = combine(ritz.vectors, axes, block, d);
    const settled = values.length > 0 && [0, 1].every((i) => close(ritz.values[i]!, values[i]!));
    values = ritz.values;
    if (settled) {
      axes = turned;
      break;
    }
    axes = orthonormal(multiply(x, project(x, turned, n, d, block), n, d, block), block, d);
  }
  const sure = axes.slice(0, 2 * d);
  for (const row of [0, 1]) {
    if (facesBack(sure.subarray(row * d, (row + 1) * d), before?.subarray(row * d, (row + 1) * d)))
      for (let j = 0; j < d; j++) sure[row * d + j]! *= -1;
  }
  const points = project(x, sure, n, d, 2);
  const along = [0, 0];
  points.forEach((value, i) => (along[i % 2]! += value * value));
  const total = x.reduce((sum, value) => sum + value * value, 0);
  const share = (part: number): number => (total > 0 ? part / total : 0);
  return { points: Float32Array.from(points), axes: sure, explained: [share(along[0]!), share(along[1]!)] };
}

const close = (a: number, b: number): boolean => Math.abs(a - b) <= ENOUGH * Math.abs(a);

function centred(rows: Float32Array, n: number, d: number): Float64Array {
  const mean = new Float64Array(d);
  rows.forEach((value, i) => (mean[i % d]! += value / n));
  return Float64Array.from(rows, (value, i) => value - mean[i % d]!);
}

/** Orthonormal rows to begin with: the earlier ones, then waves that no data is likely to be orthogonal to. */
function startingAxes(block: number, d: number, before: Float64Array | undefined): Float64Array {
  const axes = Float64Array.from({ length: block * d }, (_, i) => Math.sin(1 + (i % d) * (1.3 + Math.floor(i / d))));
  if (before) axes.set(before);
  return orthonormal(axes, block, d);
}

/** X Aᵀ for rows A of axes, `[n, k]`. */
function project(x: Float64Array, axes: Float64Array, n: number, d: number, k: number): Float64Array {
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < k; a++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += x[i * d + j]! * axes[a * d + j]!;
      out[i * k + a] = sum;
    }
  }
  return out;
}

/** (Xᵀ S)ᵀ, `[k, d]`. */
function multiply(x: Float64Array, scores: Float64Array, n: number, d: number, k: number): Float64Array {
  const out = new Float64Array(k * d);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < k; a++) {
      const score = scores[i * k + a]!;
      for (let j = 0; j < d; j++) out[a * d + j]! += score * x[i * d + j]!;
    }
  }
  return out;
}

function gram(scores: Float64Array, n: number, k: number): Float64Array {
  const out = new Float64Array(k * k);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) out[a * k + b]! += scores[i * k + a]! * scores[i * k + b]!;
  return out;
}

/** V A for orthonormal rows A, so that rows stay orthonormal. */
function combine(vectors: Float64Array, axes: Float64Array, k: number, d: number): Float64Array {
  const out = new Float64Array(k * d);
  for (let a = 0; a < k; a++)
    for (let b = 0; b < k; b++) for (let j = 0; j < d; j++) out[a * d + j]! += vectors[a * k + b]! * axes[b * d + j]!;
  return out;
}

/** Gram–Schmidt, twice for accuracy; a row that vanishes is replaced by a unit vector. */
function orthonormal(rows: Float64Array, k: number, d: number): Float64Array {
  for (let a = 0; a < k; a++) {
    const row = rows.subarray(a * d, (a + 1) * d);
    const size = Math.hypot(...row);
    for (let attempt = -1; attempt < d; attempt++) {
      if (attempt >= 0) row.fill(0).set([1], attempt);
      for (let pass = 0; pass < 2; pass++) {
        for (let b = 0; b < a; b++) {
          const other = rows.subarray(b * d, (b + 1) * d);
          let inner = 0;
          for (let j = 0; j < d; j++) inner += row[j]! * other[j]!;
          for (let j = 0; j < d; j++) row[j]! -= inner * other[j]!;
        }
      }
      const left = Math.hypot(...row);
      if (left > (attempt < 0 ? 1e-10 * size : 1e-3)) {
        for (let j = 0; j < d; j++) row[j]! /= left;
        break;
      }
    }
  }
  return rows;
}

/** Eigenvectors as rows, largest eigenvalue first, by cyclic Jacobi rotations. */
function symmetricEigen(
  matrix: Float64Array,
  k: number,
): { readonly values: readonly number[]; readonly vectors: Float64Array } {
  const a = Float64Array.from(matrix);
  const v = Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0));
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < k; p++) {
      for (let q = p + 1; q < k; q++) {
        const apq = a[p * k + q]!;
        off += apq * apq;
        if (apq === 0) continue;
        const theta = (a[q * k + q]! - a[p * k + p]!) / (2 * apq);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const c = 1 / Math.hypot(t, 1);
        const s = t * c;
        for (let i = 0; i < k; i++) {
          const [ip, iq] = [a[i * k + p]!, a[i * k + q]!];
          a[i * k + p] = c * ip - s * iq;
          a[i * k + q] = s * ip + c * iq;
        }
        for (let i = 0; i < k; i++) {
          const [pi, qi] = [a[p * k + i]!, a[q * k + i]!];
          a[p * k + i] = c * pi - s * qi;
          a[q * k + i] = s * pi + c * qi;
          const [vp, vq] = [v[p * k + i]!, v[q * k + i]!];
          v[p * k + i] = c * vp - s * vq;
          v[q * k + i] = s * vp + c * vq;
        }
      }
    }
    if (off === 0) break;
  }
  const order = Array.from({ length: k }, (_, i) => i).sort((p, q) => a[q * k + q]! - a[p * k + p]!);
  return {
    values: order.map((i) => a[i * k + i]!),
    vectors: Float64Array.from({ length: k * k }, (_, i) => v[order[Math.floor(i / k)]! * k + (i % k)]!),
  };
}

/** Whether an axis is to be turned: against its earlier self, or with its largest entry below zero. */
function facesBack(axis: Float64Array, before: Float64Array | undefined): boolean {
  if (before?.length === axis.length) return axis.reduce((sum, value, j) => sum + value * before[j]!, 0) < 0;
  return axis.reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0) < 0;
}
