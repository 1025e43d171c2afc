import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { sumTo } from "../numerics/bernoulliLogProb";
import { cholesky, choleskyProblem } from "../numerics/cholesky";
import { applyTriangle, lowerMask, triangularSolve } from "../numerics/triangularSolve";
import { commonUnits, type Continuous, sumUnits, zeroIfPositive } from "./continuous";
import { standardDraw } from "./standardDraw";
import { firstOutside, intervals, type ParameterLike, tensorParameter } from "./tensorParameter";

/** One normal vector with full covariance L Lᵀ. */
export interface MultivariateNormal extends Continuous {
  readonly location: tf.Tensor;
  /** L, lower triangular, `[…, units, units]`; entries above the diagonal are ignored. */
  readonly scaleTril: tf.Tensor;
}

export function multivariateNormal(givenMean: ParameterLike, givenScale: ParameterLike): MultivariateNormal {
  return make(tensorParameter("normal", "mean", givenMean, 1), tensorParameter("normal", "scaleTril", givenScale, 2));
}

/** The same given by its covariance; NaN where that has no Cholesky factor, so that no draw passes for possible. */
export function normalOfCovariance(givenMean: ParameterLike, givenCovariance: ParameterLike): MultivariateNormal {
  const covariance = tensorParameter("normal", "covariance", givenCovariance, 2);
  const location = tensorParameter("normal", "mean", givenMean, 1);
  const [rows, columns] = covariance.shape.slice(-2);
  const units = location.shape[location.rank - 1]!;
  if (rows !== columns || (units !== rows && units !== 1)) {
    throw new GradlensError(
      "GL1144",
      `normal needs a covariance of shape […, ${units}, ${units}], got [${covariance.shape.join(", ")}]`,
    );
  }
  return make(location, cholesky(covariance), covariance);
}

function make(location: tf.Tensor, scaleTril: tf.Tensor, covariance: tf.Tensor | null = null): MultivariateNormal {
  const D = scaleTril.shape[scaleTril.rank - 1]!;
  const unitShape = [commonUnits([location], 1)[0] === 1 ? D : location.shape[location.rank - 1]!];
  const diagonal = (): tf.Tensor => tf.sum(tf.mul(scaleTril, tf.eye(D)), -1); // […, D]
  const sumLogDiagonal = (): tf.Tensor => tf.sum(tf.log(diagonal()), -1);
  const lower = (): tf.Tensor => tf.mul(scaleTril, lowerMask(D));
  return {
    id: "normal",
    eventRank: 1,
    unitShape,
    parameters: { mean: location, ...(covariance ? { covariance } : { scaleTril }) },
    location,
    scaleTril,
    sample: (noise) =>
      tf.tidy(() =>
        detach(
          tf.add(
            tf.add(location, zeroIfPositive(diagonal())),
            applyTriangle(lower(), standardDraw("normal", noise.uniform(unitShape))),
          ),
        ),
      ),
    logProb: (value) => {
      const whitened = triangularSolve(scaleTril, tf.sub(value, location));
      const squares = tf.mul(sumUnits(tf.square(whitened)), -0.5);
      return tf.sub(tf.sub(squares, sumLogDiagonal()), (D / 2) * Math.log(2 * Math.PI));
    },
    mean: () => tf.add(location, tf.zeros([D])),
    variance: () => tf.add(tf.sum(tf.square(lower()), -1), tf.zerosLike(location)),
    entropy: () => tf.add(sumLogDiagonal(), (D / 2) * (1 + Math.log(2 * Math.PI))),
    path: (value) =>
      customOp(
        "MultivariateNormalPath",
        { location, scaleTril },
        (save) => {
          save([value, location, scaleTril]);
          return value.clone();
        },
        (dy, [z, l, s]) => ({
          location: () => sumTo(dy, location.shape),
          scaleTril: () => {
            const epsilon = triangularSolve(s!, tf.sub(z!, l!)); // z = location + L ε
            return sumTo(
              tf.mul(tf.mul(tf.expandDims(dy, -1), tf.expandDims(epsilon, -2)), lowerMask(D)),
              scaleTril.shape,
            );
          },
        }),
      ),
    detached: () => make(detach(location), detach(scaleTril), covariance),
    problem: () => {
      if (scaleTril.shape[scaleTril.rank - 2] !== D || (unitShape[0] !== D && unitShape[0] !== 1)) {
        return `scaleTril has shape […, ${unitShape[0]}, ${unitShape[0]}], got [${scaleTril.shape.join(", ")}]`;
      }
      const place = firstOutside(location, intervals.finite);
      if (place !== null) return `mean is a finite number, got ${place}`;
      if (covariance) return choleskyProblem(covariance);
      const pivot = firstOutside(diagonal(), intervals.above0);
      return pivot === null
        ? null
        : `scaleTril has a diagonal above 0 (else the covariance is not positive definite), got ${pivot}`;
    },
    valueProblem: (value) => {
      const bad = firstOutside(value, intervals.finite);
      return bad === null ? null : `values are finite numbers, got ${bad}`;
    },
  };
}
