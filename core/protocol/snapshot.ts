/** What is known of a run at one moment: the data that panels, inline text and the terminal draw. Plain data only. */

import type { LintReport } from "./lints";
import type { SourceLocation } from "./source";

export type { SourceLocation } from "./source";

export type GraphNodeKind = "data" | "parameter" | "deterministic" | "stochastic" | "observed" | "cost";

/** `guide` nodes are q(h | x), `model` nodes p(x, h), `program` nodes an expected cost. */
export type GraphRole = "guide" | "model" | "program";

export interface GraphNode {
  readonly name: string;
  readonly kind: GraphNodeKind;
  readonly role?: GraphRole;
  /** Distribution id of stochastic and observed nodes. */
  readonly distribution?: string;
  /** Estimator of a stochastic node, with its options, as on the command line. */
  readonly estimator?: string;
  /** Without the leading axes [S, B] for nodes that have them. */
  readonly shape: readonly number[];
  readonly source?: SourceLocation;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface ModelGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

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

/** What is measured only while somebody looks at it, at most a small share of the time. */
export const watchedViews = ["images", "densities", "refinement"] as const;
export type WatchedView = (typeof watchedViews)[number];

/** One row of pictures: a data input, what a latent node holds, or the mean of an observed node given some latents. */
export interface ImageRow {
  /** `mean-field`: latents at their means; `sample`: at one draw of the guide; `prior`: at one draw of the model's own. */
  readonly kind: "data" | "latent" | "mean-field" | "sample" | "prior";
  /** Data input or node. */
  readonly name: string;
  /** Shape of one picture's values. */
  readonly shape: readonly number[];
  readonly image?: readonly [number, number];
  /** Picture after picture, row-major. */
  readonly values: Float32Array;
  /** Values that stand for the darkest and the brightest shade. */
  readonly range: readonly [number, number];
}

/** Means of one latent node over examples, in two dimensions. */
export interface LatentSpace {
  readonly node: string;
  /** Numbers of one value. */
  readonly units: number;
  /** Two coordinates of each example: the units themselves where there are two, else the first two principal components. */
  readonly points: Float32Array;
  /** Share of the means' variance along each coordinate; null where the units are drawn as they are. */
  readonly explained: readonly [number, number] | null;
}

export interface ImageRecord {
  readonly step: number;
  /** Pictures in every row: test examples from the first on. */
  readonly examples: number;
  readonly rows: readonly ImageRow[];
  readonly latents: readonly LatentSpace[];
  /** Class of each of the latents' examples, where the data set knows it. */
  readonly labels: Uint8Array | null;
}

/** How one parameter's path and score part are distributed: counts of single elements of single examples' gradients. */
export interface PartDensity {
  readonly name: string;
  /** Ends of the bins, which are of equal width. */
  readonly low: number;
  readonly high: number;
  readonly path: Uint32Array;
  readonly score: Uint32Array;
  /** Path and score of the same draw added up. */
  readonly total: Uint32Array;
  /** Values of each part that were counted, those beyond the ends included. */
  readonly values: number;
  /** Share of elements left out because both parts are exactly zero there, as where a pixel has no ink. */
  readonly zeroShare: number;
}

export interface DensityRecord {
  readonly step: number;
  readonly parameters: readonly PartDensity[];
}

/** The bound along the inference steps that refine each example's posterior, on test examples. */
export interface RefinementRecord {
  readonly step: number;
  readonly node: string;
  readonly rate: number;
  readonly examples: number;
  readonly samples: number;
  /** After 0, 1, … steps: mean bound in nats, and what it is above that after 0 steps, both with their standard errors. */
  readonly curve: readonly {
    readonly bound: number;
    readonly boundError: number;
    readonly gain: number;
    readonly gainError: number;
  }[];
}

/** The answer to "is this estimator biased?". */
export type Verdict = "unbiased" | "biased" | "undecided";

/** Where parameters came from that a check looked at. */
export type CheckedAt = "run" | "initial" | "checkpoint";

/** What a check of bias or a comparison was about. */
export interface CheckSubject {
  readonly model: string;
  readonly file: string;
  readonly exportName: string;
  readonly at: CheckedAt;
  /** Steps that the parameters had been trained for. */
  readonly step: number;
  readonly elapsedMs: number;
}

export interface ParameterVerdict {
  readonly name: string;
  readonly shape: readonly number[];
  readonly source?: SourceLocation;
  readonly verdict: Verdict;
  /** ‖bias‖ / ‖gradient‖; null when the gradient is 0 or not told from it. */
  readonly relativeBias: number | null;
  /** Interval of `relativeBias`; no width when enumerated. */
  readonly interval: readonly [number, number] | null;
  /** ‖gradient‖ of the batch-mean loss that the bias is a share of: exact, or the reference's without its noise. */
  readonly gradientNorm: number;
  /** Monte Carlo variance of one estimate, summed over the tensor's elements. */
  readonly variance: number;
  /** Draws that would about decide it: 0 when decided, null when that cannot be said. */
  readonly moreDraws: number | null;
}

/** One check of an estimator's bias. */
export interface BiasRecord extends CheckSubject {
  readonly estimator: string;
  readonly method: "enumeration" | "sampling";
  readonly verdict: Verdict;
  readonly parameters: readonly ParameterVerdict[];
  /** What the estimator was compared with, in words. */
  readonly reference: string;
  /** Share of the gradient below which a bias counts as none. */
  readonly margin: number;
  /** Confidence level of all intervals together; null when enumerated. */
  readonly level: number | null;
  readonly draws: number | null;
  readonly moreDraws: number | null;
  readonly notes: readonly string[];
  /** Of checks beside training only. */
  readonly beside?: CheckedBeside;
}

/** Where a check stands among those that are made beside training, one after the other. */
export interface CheckedBeside {
  /** 0, 1, … over the whole run. */
  readonly check: number;
  /** Step that training had come to when the check ended, or was looked at. */
  readonly until: number;
  /** Level at which all such checks of a run hold together, however many there will be. */
  readonly level: number;
}

/** One check of the run in short, with the parameter that its verdict rests on. */
export interface CheckedBias extends CheckedBeside {
  /** Steps that the parameters had been trained for. */
  readonly step: number;
  readonly estimator: string;
  readonly verdict: Verdict;
  readonly draws: number | null;
  readonly margin: number;
  readonly parameter: string;
  readonly relativeBias: number | null;
  readonly interval: readonly [number, number] | null;
}

/** Checks of bias beside training: each at a copy of the parameters, renewed when it has ended, paid from the budget of diagnostics. */
export interface BiasWatchRecord {
  /** Whether another check begins when one has ended. */
  readonly on: boolean;
  /** The check in hand as far as it is; null before its first look. */
  readonly current: BiasRecord | null;
  /** Those that have ended, oldest first, the last few hundred. */
  readonly checks: readonly CheckedBias[];
  /** Why nothing is checked although it was asked for, in one sentence. */
  readonly refusal: string | null;
}

export interface ComparedEstimator {
  readonly id: string;
  /** Monte Carlo variance of one estimate, all parameters together. */
  readonly variance: number | null;
  /** 95 % interval of `variance`: no width when enumerated, null when unknown. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Verdict;
  /** The least of the turns that the estimators took at a step. */
  readonly secondsPerStep: number;
  /** Median of the turns. */
  readonly medianSecondsPerStep: number;
  /** Passes of one sample of the whole batch. */
  readonly evaluationsPerStep: number;
  /** 1 / (variance × seconds per step): null without variance. */
  readonly efficiency: number | null;
  /** 95 % interval of `efficiency` at the times measured. */
  readonly efficiencyInterval: readonly [number, number] | null;
  /** 1 / (variance × evaluations per step), which no machine's load touches. */
  readonly efficiencyByEvaluations: number | null;
}

/** Estimators side by side at the same parameters, under the same noise. */
export interface ComparisonRecord extends CheckSubject {
  /** Training steps for which control variates learned first, the parameters standing still; none in older records. */
  readonly warmUp?: number;
  readonly estimators: readonly ComparedEstimator[];
  /** Those that could not be compared, each with the reason in one sentence. */
  readonly skipped: readonly string[];
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

/** What a sweep varies: a relaxation's temperature, the order a series is cut off at, the samples of every example. */
export type SweepOver = "temperature" | "order" | "samples";

/** A number with its interval at the sweep's level: no width when enumerated, null where there are too few draws. */
export interface Measured {
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

export interface SweptParameter {
  readonly name: string;
  /** Monte Carlo variance of one estimate, all elements together (loss²/parameter²). */
  readonly variance: Measured;
  /** ‖mean‖ / √variance of one estimate. */
  readonly snr: Measured;
}

/** One point of a sweep: one estimate of the batch-mean gradient, all parameters together. */
export interface SweepPoint {
  /** Of the option that is varied. */
  readonly value: number;
  readonly estimator: string;
  readonly samples: number;
  readonly method: "enumeration" | "sampling";
  /** Estimates drawn; null when enumerated. */
  readonly draws: number | null;
  /** ‖E ĝ − ∇L‖²; the sampled estimate has no bias of its own and may be negative. */
  readonly biasSquared: Measured;
  /** Monte Carlo variance. */
  readonly variance: Measured;
  /** E ‖ĝ − ∇L‖² = bias² + variance. */
  readonly meanSquaredError: Measured;
  readonly parameters: readonly SweptParameter[];
}

/** How a quantity grows along a sweep: value^exponent over its last points. */
export interface SweepSlope {
  readonly parameter: string;
  readonly quantity: "variance" | "snr";
  readonly exponent: number;
  readonly interval: readonly [number, number] | null;
  /** Points it was fitted to. */
  readonly points: number;
}

/** A curve: one option varied at fixed parameters under common random numbers. */
export interface SweepRecord extends CheckSubject {
  readonly over: SweepOver;
  /** The target's estimator, whose option is varied. */
  readonly estimator: string;
  /** What the bias is measured against, in words. */
  readonly reference: string;
  /** Level of every interval by itself. */
  readonly level: number;
  readonly points: readonly SweepPoint[];
  /** Value of the lowest mean squared error; null where none is known or samples are varied, which cost more. */
  readonly best: number | null;
  /** Other values that the intervals cannot tell from the best. */
  readonly notWorse: readonly number[];
  readonly slopes: readonly SweepSlope[];
  readonly notes: readonly string[];
  /** Values that could not be measured, each with the reason in one sentence. */
  readonly skipped: readonly string[];
}

export type RunState = "starting" | "running" | "paused" | "finished" | "stopped" | "failed";

export interface EvaluationRecord {
  readonly step: number;
  /** For example `test/elbo`; the value is a mean over examples. */
  readonly name: string;
  readonly value: number;
  readonly standardError: number;
  readonly samples: number;
}

/** Everything about one run that a view needs to draw itself from nothing. */
export interface RunSnapshot {
  readonly runId: string;
  readonly state: RunState;
  readonly model: string;
  /** Absolute path of the model file, and the export in it. */
  readonly file: string;
  readonly exportName: string;
  readonly objective: string;
  readonly estimator: string;
  readonly optimizer: string;
  readonly dataset: string | null;
  readonly backend: string;
  readonly seed: number;
  readonly batchSize: number;
  readonly step: number;
  /** Last step of the run; null when open-ended. */
  readonly steps: number | null;
  readonly epoch: number;
  readonly epochs: number | null;
  readonly stepsPerSecond: number | null;
  /** Share of the time since the last record that diagnostics took, 0 to 1. */
  readonly diagnosticsShare: number | null;
  /** [step, minimised batch-mean loss, nats]; thinned when long. */
  readonly loss: readonly (readonly [number, number])[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly graph: ModelGraph;
  /** Oldest first; thinned when long. */
  readonly variance: readonly VarianceRecord[];
  readonly trunks: TrunkRecord | null;
  /** The newest measurement beside training; null where no node's estimator has a control variate. */
  readonly controlVariates?: ControlVariateRecord | null;
  /** Temperatures and weights that estimators have learned or moved by a schedule, as they are now. */
  readonly settings?: readonly NodeSettings[];
  /** What can be watched of this model under its estimators. */
  readonly views?: readonly WatchedView[];
  /** Newest measurements of what is measured while watched; null where the model has nothing of the kind. */
  readonly images?: ImageRecord | null;
  readonly densities?: DensityRecord | null;
  readonly refinement?: RefinementRecord | null;
  /** An average over the last measurements beside training; null with fewer than two nodes. */
  readonly attribution?: AttributionRecord | null;
  /** Steps at which the estimator was changed while running. */
  readonly changes: readonly { readonly step: number; readonly estimator: string }[];
  readonly runFolder: string | null;
  /** The last check of bias, if there was one. */
  readonly bias?: BiasRecord | null;
  /** Left out where checks beside training were never asked for. */
  readonly biasWatch?: BiasWatchRecord;
  readonly comparison?: ComparisonRecord | null;
  /** The newest measurement of MuProp's rollout, made while the trunks are in view. */
  readonly rollout?: RolloutRecord | null;
  /** The last sweep of each kind. */
  readonly sweeps?: readonly SweepRecord[];
  /** What the lints that look at parameters, baselines and measurements found last. */
  readonly lints?: LintReport | null;
  /** One sentence when state is "failed". */
  readonly message: string | null;
}

/** What happened since the last message; each field is appended to or replaces the snapshot's. */
export interface RunDelta {
  readonly runId: string;
  readonly sequence: number;
  /** Replace the snapshot's fields of the same name. */
  readonly fields: Partial<
    Pick<
      RunSnapshot,
      | "state"
      | "step"
      | "epoch"
      | "steps"
      | "epochs"
      | "estimator"
      | "stepsPerSecond"
      | "diagnosticsShare"
      | "graph"
      | "trunks"
      | "controlVariates"
      | "settings"
      | "views"
      | WatchedView
      | "attribution"
      | "bias"
      | "biasWatch"
      | "comparison"
      | "rollout"
      | "sweeps"
      | "lints"
      | "runFolder"
      | "message"
      | "backend"
    >
  >;
  /** Append. */
  readonly loss?: readonly (readonly [number, number])[];
  readonly evaluations?: readonly EvaluationRecord[];
  readonly variance?: readonly VarianceRecord[];
  readonly changes?: readonly { readonly step: number; readonly estimator: string }[];
}
