import { customOp } from "../backends/customOp";
import { detach } from "../backends/detach";
import { tf } from "../backends/tf";
import { sumTo } from "../numerics/bernoulliLogProb";
import { broadcastShape, valuesOf } from "../numerics/special/elementwise";
import { digamma, lgamma } from "../numerics/special/gammaFunctions";
import { betaPaths } from "../numerics/special/incompleteBetaFunction";
import { logGamma } from "../numerics/special/scalar/logGamma";
import { type Continuous, sumUnits } from "./continuous";
import { mayUnderflow, sampleGamma, sampleLogGamma, smallestPositive } from "./gammaSampler";
import { firstOutside, firstWhere, intervals, type ParameterLike, tensorParameter } from "./tensorParameter";
import { refuseUnknownParameters } from "./refuseUnknownParameters";

/** One point of the simplex. */
export interface Dirichlet extends Continuous {
  /** α, `[…, K]`. */
  readonly concentration: tf.Tensor;
}

/** A point of the simplex of K components, the last axis, with density Π z_kᵅᵏ⁻¹ / B(α). `concentration` is `[…, K]`, K ≥ 2. */
export function dirichlet(parameters: { readonly concentration: ParameterLike }): Dirichlet {
  refuseUnknownParameters("dirichlet", parameters);
  return make(tensorParameter("dirichlet", "concentration", parameters.concentration, 1));
}

function make(concentration: tf.Tensor): Dirichlet {
  const unitShape = concentration.shape.slice(-1);
  const total = (): tf.Tensor => tf.sum(concentration, -1, true);
  const mean = (): tf.Tensor => tf.div(concentration, total());
  return {
    id: "dirichlet",
    eventRank: 1,
    unitShape,
    parameters: { concentration },
    concentration,
    sample: (noise) =>
      tf.tidy(() => {
        const K = unitShape[0]!;
        if (mayUnderflow(concentration)) {
          const { values, shape } = sampleLogGamma(noise, unitShape, concentration);
          return tf.tensor(normaliseLogs(values, K), shape);
        }
        const { values, shape } = sampleGamma(noise, unitShape, concentration);
        return tf.tensor(normalise(values, K), shape);
      }),
    logProb: (value) => dirichletLogProb(concentration, value),
    mean,
    variance: () => tf.div(tf.mul(mean(), tf.sub(1, mean())), tf.add(total(), 1)),
    entropy: () => {
      const sum = total();
      const logNormaliser = tf.sub(sumUnits(lgamma(concentration)), tf.squeeze(lgamma(sum), [-1]));
      const parts = tf.add(
        tf.mul(tf.sub(sum, unitShape[0]!), digamma(sum)),
        tf.neg(tf.sum(tf.mul(tf.sub(concentration, 1), digamma(concentration)), -1, true)),
      );
      return tf.add(logNormaliser, tf.squeeze(parts, [-1]));
    },
    path: (value) =>
      customOp(
        "DirichletPath",
        { concentration },
        (save) => {
          save([value, concentration]);
          return value.clone();
        },
        // dz_j/dα_i = s_i (δ_ij − z_j)/(1 − z_i), s_i the path derivative of the marginal z_i ~ Beta(α_i, Σα − α_i).
        (dy, [z, alpha]) => ({
          concentration: () => {
            const rest = tf.sub(tf.sum(alpha!, -1, true), alpha!);
            const marginal = betaPaths(tf.add(alpha!, tf.zerosLike(z!)), rest, z!).a();
            const along = tf.sub(dy, tf.sum(tf.mul(dy, z!), -1, true)); // dy_i − Σ_j dy_j z_j
            return sumTo(tf.mul(marginal, tf.div(along, tf.maximum(tf.sub(1, z!), 2 ** -24))), concentration.shape);
          },
        }),
      ),
    detached: () => make(detach(concentration)),
    problem: () => {
      if (unitShape[0]! < 2) return `concentration has at least 2 components, got ${unitShape[0]}`;
      const bad = firstOutside(concentration, intervals.above0);
      return bad === null ? null : `concentration lies above 0, got ${bad}`;
    },
    valueProblem: (value) => {
      const bad =
        firstWhere(value, (x) => !(x > 0 && x <= 1)) ??
        firstWhere(tf.sum(value, -1), (sum) => Math.abs(sum - 1) > 1e-4);
      return bad === null ? null : `values are positive and sum to 1, got an entry or a sum ${bad}`;
    },
  };
}

/** g_k / Σ_j g_j over groups of K. */
function normalise(gammas: Float64Array, K: number): Float32Array {
  const out = new Float32Array(gammas.length);
  for (let start = 0; start < gammas.length; start += K) {
    let sum = 0;
    for (let k = start; k < start + K; k++) sum += gammas[k]!;
    for (let k = start; k < start + K; k++) out[k] = Math.max(smallestPositive, gammas[k]! / sum);
  }
  return out;
}

/** exp(log g_k) / Σ_j exp(log g_j) over groups of K. */
function normaliseLogs(logs: Float64Array, K: number): Float32Array {
  const out = new Float32Array(logs.length);
  for (let start = 0; start < logs.length; start += K) {
    let largest = -Infinity;
    for (let k = 0; k < K; k++) largest = Math.max(largest, logs[start + k]!);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += Math.exp(logs[start + k]! - largest);
    for (let k = 0; k < K; k++) out[start + k] = Math.max(smallestPositive, Math.exp(logs[start + k]! - largest) / sum);
  }
  return out;
}

/** Σ_k (α_k − 1) log z_k + log Γ(Σα) − Σ log Γ(α_k), summed in double precision. */
function dirichletLogProb(concentration: tf.Tensor, value: tf.Tensor): tf.Tensor {
  return customOp(
    "DirichletLogProb",
    { concentration, value },
    (save) => {
      save([concentration, value]);
      const shape = [...broadcastShape([concentration, value])];
      const K = shape.pop()!;
      const a = valuesOf(tf.broadcastTo(concentration, [...shape, K]));
      const z = valuesOf(tf.broadcastTo(value, [...shape, K]));
      const out = new Float32Array(a.length / K);
      for (let row = 0; row < out.length; row++) {
        let total = 0;
        let sum = 0;
        for (let i = row * K; i < (row + 1) * K; i++) {
          total += a[i]!;
          sum += (a[i]! - 1) * Math.log(z[i]!) - logGamma(a[i]!);
        }
        out[row] = sum + logGamma(total);
      }
      return tf.tensor(out, shape);
    },
    (dy, [a, z]) => {
      const column = tf.expandDims(dy, -1);
      return {
        concentration: () =>
          sumTo(
            tf.mul(column, tf.add(tf.sub(tf.log(z!), digamma(a!)), digamma(tf.sum(a!, -1, true)))),
            concentration.shape,
          ),
        value: () => sumTo(tf.mul(column, tf.div(tf.sub(a!, 1), z!)), value.shape),
      };
    },
    {
      plain: ({ concentration: a, value: z }) =>
        tf.add(tf.sum(tf.sub(tf.mul(tf.sub(a, 1), tf.log(z)), lgamma(a)), -1), lgamma(tf.sum(a, -1))),
    },
  );
}
