import type { CheckSubject } from "./bias";

/**
 * MuProp's expansion of a node's cost f about the mean-field value x̄, f(x) ≈ f(x̄) + f'(x̄)ᵀ(x − x̄), over sampled passes of one example.
 * With R what it leaves and a the node's logits (a normal's mean), the estimate of the gradient towards a is ∂log q(x)/∂a · R + f'(x̄) ∂μ/∂a.
 */
export interface TrunkExpansion {
  /** Cost credited to the node in the mean-field pass, f(x̄), nats. */
  readonly meanFieldCost: number;
  /** Mean and standard deviation over samples of f(x), nats. */
  readonly cost: number;
  readonly costDeviation: number;
  /** Mean and standard deviation over samples of the residual R = f(x) − f(x̄) − f'(x̄)ᵀ(x − x̄), nats. */
  readonly residual: number;
  readonly residualDeviation: number;
  /** 1 − Var R / Var f: the share of the cost's variance that the expansion foresees, below 0 where it adds some; null without any. */
  readonly explained: number | null;
  /** f'(x̄), row-major. */
  readonly slope: Float32Array;
  /** Mean over samples of the correction f'(x̄) ∂μ/∂a of each unit, row-major. */
  readonly correction: Float32Array;
  /** Mean and standard deviation over samples of ∂log q(x)/∂a · R of each unit, row-major. */
  readonly residualTerm: Float32Array;
  readonly residualTermDeviation: Float32Array;
}

/** The numbers that a node's estimator moves while training, by the option that each started from. */
export interface NodeSettings {
  readonly node: string;
  readonly estimator: string;
  readonly settings: readonly {
    readonly name: string;
    readonly value: number;
    /** Where learning has come to its lowest or highest allowed value. */
    readonly bound?: "minimum" | "maximum";
  }[];
}

/** One stochastic layer for one example: what the mean-field pass and the sampled passes hold there. */
export interface TrunkLayer {
  readonly node: string;
  readonly distribution: string;
  /** Shape of one example's value, for example [200] or [200, 10]. */
  readonly shape: readonly number[];
  /** Width and height when the layer is an image. */
  readonly image?: readonly [number, number];
  /** Value that the mean-field pass gives, row-major. */
  readonly meanField: Float32Array;
  /** One sample, row-major. */
  readonly sample: Float32Array;
  /** Mean over `samples` sampled passes, row-major. */
  readonly sampleMean: Float32Array;
  /** Root mean square of meanField − sampleMean over units. */
  readonly distance: number;
  /** Standard error of `distance` from the finite number of samples, by the units' sampling noise. */
  readonly distanceNoise: number;
  /** Of nodes that MuProp serves; left out where the cost has no derivative at the mean-field values. */
  readonly expansion?: TrunkExpansion;
}

export interface TrunkRecord {
  readonly step: number;
  readonly example: number;
  readonly samples: number;
  /** Observed images for comparison, by name of the data input. */
  readonly data: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly image?: readonly [number, number];
    readonly values: Float32Array;
  }[];
  readonly layers: readonly TrunkLayer[];
  /** Loss of this example in the mean-field pass, and mean over sampled passes ± standard error, nats. */
  readonly meanFieldLoss: number;
  readonly sampledLoss: number;
  readonly sampledLossStandardError: number;
}

/** Variance of one parameter's gradient under two estimators and the same noise. */
export interface RolloutParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Monte Carlo variance of one estimate, all elements together (loss²/parameter²). */
  readonly muprop: number;
  readonly rollout: number;
  /** `rollout` over `muprop`; null where MuProp has no noise. */
  readonly ratio: number | null;
  /** Confidence interval of `ratio`, null when unknown. */
  readonly interval: readonly [number, number] | null;
}

/** What MuProp's rollout would do to the variance, and what it would cost. */
export interface RolloutRecord extends CheckSubject {
  /** All parameters together; null where nothing was measured. */
  readonly whole: Omit<RolloutParameter, "name" | "shape"> | null;
  readonly parameters: readonly RolloutParameter[];
  /** Confidence level of each interval by itself. */
  readonly level: number;
  /** Gradient samples (examples × replicates) of each estimator. */
  readonly draws: number;
  /** Seconds of an estimate with rollout over those of one without: median of turns, and their range, which holds it at 97 %. */
  readonly secondsRatio: number | null;
  readonly secondsInterval: readonly [number, number] | null;
  /** Model evaluations likewise. */
  readonly evaluationsRatio: number | null;
  /** Whether variance × seconds falls; null where the intervals do not tell. */
  readonly pays: boolean | null;
  /** Why nothing was measured, in one sentence. */
  readonly refusal: string | null;
}
