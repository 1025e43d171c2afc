import { tf } from "../backends/tf";
import type { Distribution } from "../distributions/distribution";
import { asFactor, logitScore } from "../estimators/relaxedControl";
import type { MeanField, SurrogateContext } from "../estimators/estimator";
import type { TrunkExpansion } from "../protocol/trunks";

/**
 * MuProp's expansion of one node's cost about the mean-field value, over S = 1 samples in rows (seed 1, eq. 3 and algorithm 1):
 * R = f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄), the correction f'(x̄) ∂μ/∂a and the residual's term ∂log q(x)/∂a · R. Nats.
 *
 * a are the logits of Bernoulli and categorical units, `∂μ_i/∂a_i = p_i(1 − p_i)` and for one-hot units `p_k(f'_k − Σ_j p_j f'_j)`,
 * and the means of normal ones, whose ∂log q/∂a = (x − μ)/σ².
 *
 * @param context the node in a sampled pass of R rows of one example
 * @param trunk the mean-field pass of that example, one row
 * @returns null for other distributions
 */
export function expandAtTrunk(context: SurrogateContext, trunk: MeanField): TrunkExpansion | null {
  const { node, distribution, value, credit } = context;
  const { eventRank, unitShape } = distribution;
  const slope = trunk.slope(node); // [1, 1, …unitShape]
  const units = derivatives(context, slope);
  if (!units) return null;
  const axes = eventRank === 2 ? [-2, -1] : [-1];
  const linear = tf.sum(tf.mul(slope, tf.sub(value, trunk.mean(node))), axes); // [1, R]
  const residual = tf.broadcastTo(tf.sub(tf.sub(credit, trunk.credit(node)), linear), credit.shape);
  const rows = [credit.shape[1]!, ...unitShape];
  const term = tf.reshape(tf.mul(units.score, asFactor(residual, eventRank)), rows);
  const { mean: correction } = tf.moments(tf.reshape(tf.broadcastTo(units.correction, value.shape), rows), 0);
  const [costs, residuals, terms] = [spreadOf(credit), spreadOf(residual), spreadOfUnits(term)];
  return {
    meanFieldCost: trunk.credit(node).dataSync()[0]!,
    cost: costs.mean,
    costDeviation: costs.deviation,
    residual: residuals.mean,
    residualDeviation: residuals.deviation,
    explained: costs.deviation > 0 ? 1 - (residuals.deviation / costs.deviation) ** 2 : null,
    slope: slope.dataSync<"float32">().slice(),
    correction: correction.dataSync<"float32">().slice(),
    residualTerm: terms.mean,
    residualTermDeviation: terms.deviation,
  };
}

/** ∂log q(x)/∂a of every unit, `[1, R, …unitShape]`, and f'(x̄) ∂μ/∂a. */
function derivatives(
  context: SurrogateContext,
  slope: tf.Tensor,
): { readonly score: tf.Tensor; readonly correction: tf.Tensor } | null {
  const { distribution, value } = context;
  const mean = distribution.mean();
  switch (distribution.id) {
    case "bernoulli":
      return { score: logitScore(context), correction: tf.mul(slope, tf.mul(mean, tf.sub(1, mean))) };
    case "categorical": {
      const expected = tf.sum(tf.mul(mean, slope), -1, true);
      return { score: logitScore(context), correction: tf.mul(mean, tf.sub(slope, expected)) };
    }
    case "normal": {
      const { scale } = distribution as Distribution & { readonly scale?: tf.Tensor };
      // Units of full covariance have no score of their own.
      return scale ? { score: tf.div(tf.sub(value, mean), tf.square(scale)), correction: slope } : null;
    }
    default:
      return null;
  }
}

/** Mean and standard deviation of the rows, summed in float64. */
function spreadOf(values: tf.Tensor): { readonly mean: number; readonly deviation: number } {
  const { mean, deviation } = moments(values.dataSync(), 1);
  return { mean: mean[0]!, deviation: deviation[0]! };
}

function spreadOfUnits(values: tf.Tensor): { readonly mean: Float32Array; readonly deviation: Float32Array } {
  const { mean, deviation } = moments(values.dataSync(), values.size / values.shape[0]!);
  return { mean: Float32Array.from(mean), deviation: Float32Array.from(deviation) };
}

function moments(values: ArrayLike<number>, width: number): { mean: Float64Array; deviation: Float64Array } {
  const rows = values.length / width;
  const [mean, deviation] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / rows;
  for (let i = 0; i < values.length; i++) deviation[i % width]! += (values[i]! - mean[i % width]!) ** 2;
  return { mean, deviation: deviation.map((sum) => Math.sqrt(sum / Math.max(1, rows - 1))) };
}
