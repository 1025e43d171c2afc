import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import { valuesOf } from "./special/elementwise";
import { lowerMask, triangularSolve } from "./triangularSolve";

/** Elements that mirror each other differ by at most this share of the diagonal's: float32 products leave that much. */
const ASYMMETRY = 1e-4;

/**
 * Cholesky factor: lower triangular L with L Lᵀ = Σ, in double precision. NaN where Σ is not symmetric or not positive definite
 * (`choleskyProblem` says why). Differentiable any number of times.
 *
 * @param matrix Σ, `[…, D, D]`
 * @see Murray, Differentiation of the Cholesky decomposition, 2016, eq. 9: Σ̄ = ½ (S + Sᵀ), S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹
 */
export function cholesky(matrix: tf.Tensor): tf.Tensor {
  return customOp(
    "Cholesky",
    { matrix },
    (save) => {
      const D = matrix.shape[matrix.rank - 1]!;
      const values = valuesOf(matrix);
      const out = new Float32Array(values.length);
      for (let start = 0; start < out.length; start += D * D) {
        const { factor, problem } = factorise(values, start, D);
        if (problem === null) out.set(factor, start);
        else out.fill(NaN, start, start + D * D);
      }
      const triangle = tf.tensor(out, matrix.shape);
      save([triangle]);
      return triangle;
    },
    (dy, [triangle]) => ({ matrix: () => backward(dy, triangle!) }),
  );
}

/** Why a covariance has no Cholesky factor, as a clause with the value found, or null. Reads the tensor back. */
export function choleskyProblem(matrix: tf.Tensor): string | null {
  const D = matrix.shape[matrix.rank - 1]!;
  const values = valuesOf(matrix);
  for (let start = 0; start < values.length; start += D * D) {
    const { problem } = factorise(values, start, D);
    if (problem !== null) return problem;
  }
  return null;
}

function backward(dy: tf.Tensor, triangle: tf.Tensor): tf.Tensor {
  const D = triangle.shape[triangle.rank - 1]!;
  const rows = tf.expandDims(triangle, -3); // one L for every row of a right-hand side
  const lower = tf.mul(dy, lowerMask(D));
  const half = tf.sub(lowerMask(D), tf.mul(tf.eye(D), 0.5));
  const phi = tf.mul(tf.matMul(triangle, lower, true, false), half);
  const left = swapped(triangularSolve(rows, swapped(phi), true)); // L⁻ᵀ Φ
  const s = triangularSolve(rows, left, true); // L⁻ᵀ Φ L⁻¹
  return tf.mul(tf.add(s, swapped(s)), 0.5);
}

function swapped(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

function factorise(
  values: tf.TypedArray,
  start: number,
  D: number,
): { readonly factor: Float64Array; readonly problem: string | null } {
  const at = (i: number, j: number): number => values[start + i * D + j]!;
  const factor = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      if (!Number.isFinite(at(i, j))) return { factor, problem: `covariance holds finite numbers, got ${at(i, j)}` };
      const allowed = ASYMMETRY * Math.sqrt(Math.abs(at(i, i) * at(j, j)));
      if (!(Math.abs(at(i, j) - at(j, i)) <= allowed))
        return {
          factor,
          problem: `covariance is symmetric, got ${at(i, j)} in row ${i + 1}, column ${j + 1} and ${at(j, i)} across`,
        };
      let rest = at(i, j);
      for (let k = 0; k < j; k++) rest -= factor[i * D + k]! * factor[j * D + k]!;
      if (i === j && !(rest > 0))
        return {
          factor,
          problem: `covariance is not positive definite, got pivot ${Number(rest.toPrecision(6))} in row ${i + 1}`,
        };
      factor[i * D + j] = i === j ? Math.sqrt(rest) : rest / factor[j * D + j]!;
    }
  }
  return { factor, problem: null };
}
