import { customOp } from "../backends/customOp";
import { tf } from "../backends/tf";
import { sumTo } from "./bernoulliLogProb";
import { broadcastShape, valuesOf } from "./special/elementwise";

/**
 * x with L x = b (or Lᵀ x = b), by substitution in double precision; leading axes are broadcast. Differentiable any number of times.
 *
 * @param triangle L, `[…, D, D]`; entries above the diagonal are ignored
 * @param b `[…, D]`
 * @returns `[…, D]`
 */
export function triangularSolve(triangle: tf.Tensor, b: tf.Tensor, transposed = false): tf.Tensor {
  const D = b.shape[b.rank - 1]!;
  return customOp(
    "TriangularSolve",
    { triangle, b },
    (save) => {
      const x = substitute(triangle, b, transposed);
      save([triangle, x]);
      return x;
    },
    (dy, [l, x]) => {
      const towardsB = (): tf.Tensor => triangularSolve(l!, dy, !transposed);
      return {
        b: () => sumTo(towardsB(), b.shape),
        triangle: () => {
          const lambda = towardsB();
          const [rows, columns] = transposed ? [x!, lambda] : [lambda, x!];
          const outer = tf.neg(tf.mul(tf.expandDims(rows, -1), tf.expandDims(columns, -2))); // […, D, D]
          return sumTo(tf.mul(outer, lowerMask(D)), triangle.shape);
        },
      };
    },
  );
}

/** L x over the last axis, `[…, D]`; leading axes are broadcast. */
export function applyTriangle(triangle: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(triangle, tf.expandDims(x, -2)), -1);
}

/** Ones on and below the diagonal. */
export function lowerMask(D: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: D * D }, (_, i) => (i % D <= Math.floor(i / D) ? 1 : 0)),
    [D, D],
  );
}

function substitute(triangle: tf.Tensor, b: tf.Tensor, transposed: boolean): tf.Tensor {
  const D = b.shape[b.rank - 1]!;
  return tf.tidy(() => {
    const column = tf.expandDims(b, -1); // […, D, 1]
    const shape = broadcastShape([triangle, column]).slice(0, -2);
    const l = valuesOf(tf.broadcastTo(triangle, [...shape, D, D]));
    const right = valuesOf(tf.broadcastTo(b, [...shape, D]));
    const out = new Float32Array(right.length);
    const x = new Float64Array(D);
    for (let row = 0; row * D < out.length; row++) {
      const matrix = row * D * D;
      for (let step = 0; step < D; step++) {
        const i = transposed ? D - 1 - step : step;
        let rest = right[row * D + i]!;
        if (transposed) for (let j = i + 1; j < D; j++) rest -= l[matrix + j * D + i]! * x[j]!;
        else for (let j = 0; j < i; j++) rest -= l[matrix + i * D + j]! * x[j]!;
        x[i] = rest / l[matrix + i * D + i]!;
      }
      out.set(x, row * D);
    }
    return tf.tensor(out, [...shape, D]);
  });
}
