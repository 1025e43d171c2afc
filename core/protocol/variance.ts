/**
 * Variance of one gradient estimate of the batch-mean loss with S = 1, summed over a tensor's elements
 * (loss²/parameter²). `null` means unknown: too few draws.
 */
export interface ParameterVariance {
  readonly name: string;
  readonly shape: readonly number[];
  /** Noise of sampling the nodes at a fixed batch. */
  readonly monteCarlo: number | null;
  /** Noise of drawing the batch, without the Monte Carlo part; null also where the draws do not tell it from 0. */
  readonly data: number | null;
  /** Both, as estimated: a data part that is not told from 0 is in it. */
  readonly total: number | null;
  /**
   * What the movement of the mean gradient adds to the variance of gradients between the steps from `driftSince` on; null where the
   * draws do not tell it from 0. Left out where nothing is trained.
   */
  readonly drift?: number | null;
  /** Confidence interval of `drift` at `level`; null while too few rows carry the noise. */
  readonly driftInterval?: readonly [number, number] | null;
  /** ‖mean gradient‖ / √(total variance) of one estimate; null also where the draws do not tell the mean from 0. */
  readonly snr: number | null;
  /** Confidence interval of `monteCarlo` at `level`. */
  readonly interval: readonly [number, number] | null;
  /** Confidence level of `interval`, 0.95 unless said. */
  readonly level: number;
  /** Independent squared differences behind `monteCarlo`. */
  readonly degreesOfFreedom: number;
  /** Gradient samples (examples × replicates) behind the numbers. */
  readonly draws: number;
}

/**
 * The gradient of the evidence lower bound with respect to a guide's parameter in two parts: total derivative = path + score, the score
 * being ∂ log q(z; φ)/∂φ at a fixed value, which is zero in the mean. All numbers are of one estimate of the batch-mean gradient at a
 * fixed batch, summed over the tensor's elements (loss²/parameter²); `null` means unknown: too few draws.
 */
export interface PathScore {
  readonly name: string;
  readonly shape: readonly number[];
  /** Variance of the path derivative: what sticking the landing has. */
  readonly pathVariance: number | null;
  readonly pathInterval: readonly [number, number] | null;
  readonly scoreVariance: number | null;
  readonly scoreInterval: readonly [number, number] | null;
  /** Between path and score. The total derivative's variance is `pathVariance + 2 covariance + scoreVariance`. */
  readonly covariance: number | null;
  readonly covarianceInterval: readonly [number, number] | null;
  /** c of least variance in total − c · score: 0 is the total derivative (pathwise), 1 sticking the landing. */
  readonly bestCoefficient: number | null;
  /** Confidence interval of `bestCoefficient`. */
  readonly interval: readonly [number, number] | null;
  /** Variance of the path derivative over that of the total derivative: what sticking the landing leaves of pathwise's. */
  readonly pathToTotal: number | null;
  readonly pathToTotalInterval: readonly [number, number] | null;
  /** Confidence level of each interval. */
  readonly level: number;
  /** Gradient samples (examples × replicates) behind the numbers. */
  readonly draws: number;
}

export interface VarianceRecord {
  readonly step: number;
  /** First step of the measurements that drift is over; left out before there are two. */
  readonly driftSince?: number;
  /** Path and score part of each of the guide's parameters; left out where no node has both. */
  readonly pathScore?: readonly PathScore[];
  /** Averages over this and the last few measurements beside training; `degreesOfFreedom` counts them all. */
  readonly parameters: readonly ParameterVariance[];
  /** Time that the measurement took, milliseconds. */
  readonly elapsedMs: number;
}

/** What one node's control variate does to the estimate of its logits' gradient. */
export interface ControlVariateReport {
  readonly node: string;
  readonly estimator: string;
  /** Between the score times the cost and what the control variate subtracts; null where that does not vary. */
  readonly correlation: number | null;
  /** Variance with the control variate over variance without; null where there is no variance. */
  readonly varianceRatio: number | null;
  /** 95 % interval of `varianceRatio`; null where there are too few draws. */
  readonly interval: readonly [number, number] | null;
  /** The factor on the control variate at which the variance would be lowest; null where it does not vary. */
  readonly bestCoefficient: number | null;
}

/** How much of one parameter's Monte Carlo variance is there because of one node's noise; all elements together (loss²/parameter²). */
export interface NodeEffect {
  readonly node: string;
  /** Total effect, E Var(ĝ | the other nodes' noise) of one estimate of the batch-mean gradient. */
  readonly variance: number;
  /** 95 % interval of `variance`, null when unknown. */
  readonly interval: readonly [number, number] | null;
  /** `variance` over the whole Monte Carlo variance; null without any. Shares add up to 1, or to more where nodes interact. */
  readonly share: number | null;
  /** First-order effect, Var(E[ĝ | the node's noise]), the variance that goes if the node's noise alone were known. May be below 0: sampled. */
  readonly firstOrder: number;
  /** 95 % interval of `firstOrder`, null when unknown. */
  readonly firstOrderInterval: readonly [number, number] | null;
}

export interface ParameterAttribution {
  readonly name: string;
  readonly shape: readonly number[];
  /** Monte Carlo variance of one estimate. */
  readonly variance: number;
  /** From the largest effect. */
  readonly nodes: readonly NodeEffect[];
}

/** Which node's noise causes which parameter's variance. */
export interface AttributionRecord {
  readonly step: number;
  readonly parameters: readonly ParameterAttribution[];
}

export interface ControlVariateRecord {
  readonly step: number;
  readonly nodes: readonly ControlVariateReport[];
}
