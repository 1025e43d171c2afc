import type { tf } from "../backends/tf";
import type { Distribution, NodeNoise } from "../distributions/distribution";
import type { Objective } from "../objectives/objective";

export interface Reference {
  readonly authors: string;
  readonly title: string;
  readonly year: number;
  /** Equation or section in the seed papers or the reference. */
  readonly equation: string;
}

export type OptionValue = number | string;

export interface OptionSpec {
  readonly name: string;
  readonly summary: string;
  readonly default: OptionValue;
  /** Clause of what is allowed, used in the error: "a number above 0". */
  readonly allowed: string;
  readonly accepts: (value: OptionValue) => boolean;
}

export type Options = Readonly<Record<string, OptionValue>>;

/** A number that an estimator moves while training: learned, or by a schedule. */
export interface MovedSetting {
  /** The option that it started from. */
  readonly name: string;
  readonly value: number;
  /** Where learning has come to its lowest or highest allowed value. */
  readonly bound?: "minimum" | "maximum";
}

/** A number of an estimator that is learned on the loss together with the parameters. */
export interface LearnedNumber {
  /** A scalar that stands for it among the operations of `draw`. */
  readonly variable: tf.Variable;
  /** Takes the gradient of the batch-mean loss with respect to it, in training, before `update`. */
  receive(gradient: number): void;
}

/** When the mean of an estimate equals the gradient. `never` comes with the reason in `unbiasedWhen`. */
export type Unbiasedness = "always" | "conditional" | "never";

/** Where an estimator stands, as far as its own noise depends on it. */
export interface OwnNoiseSite {
  readonly options: Options;
  readonly distribution: string;
  /** True when other nodes are drawn given this one. */
  readonly hasDescendants: boolean;
}

/** What an estimator is, apart from any model; the registry holds one per id. */
export interface Estimator {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly reference: Reference;
  /** Distribution ids it serves, or every one with a density. */
  readonly distributions: readonly string[] | "all";
  /** Those that it serves with certain options, where that is fewer; null where it is not. */
  readonly distributionsWith?: (options: Options) => readonly string[] | null;
  /** Objective ids it serves, or all. */
  readonly objectives?: readonly string[];
  readonly unbiased: Unbiasedness;
  readonly unbiasedWhen: string;
  /** Model evaluations per step (a forward pass of everything downstream counts 1), in words where it depends on the graph. */
  readonly evaluations: string;
  /** Whether the estimate has noise beyond the nodes' values, so that enumerating the values does not give its mean. */
  readonly ownNoise: boolean | ((site: OwnNoiseSite) => boolean);
  /** Set where a node's value is relaxed: what follows it must be smooth, up to the next node, or through all nodes downstream. */
  readonly relaxes?: "node" | "downstream";
  /** Samples that it needs at least; 1 when left out. */
  readonly minSamples?: number;
  readonly options: readonly OptionSpec[];
  /** What is wrong with options that are each allowed by itself, as a clause, or null. */
  readonly conflict?: (options: Options) => string | null;
  /** For one node of one model; holds that node's baselines. */
  create(options: Options): NodeEstimator;
}

/** Numbers that a node's estimator carries from step to step: moving averages, baseline networks. */
export type EstimatorState = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>
>;

/**
 * Which derivative of log q(value) flows under an objective with entropy. Where terms add, the direct derivative (the score) is zero
 * in expectation at nodes that are drawn exactly, and left out.
 * - `none`: drawn exactly, the value is a constant. Where terms do not add, the direct derivative flows.
 * - `value`: drawn exactly, a gradient flows through the value. Where terms do not add, the direct derivative flows too.
 * - `full`: through value and parameters, always.
 * - `path`: through the value only, always.
 */
export type EntropyGradient = "none" | "value" | "full" | "path";

/** An estimator at work at one node. */
export interface NodeEstimator {
  readonly entropyGradient: EntropyGradient;
  /** What of it is learned on the loss; nothing when left out. */
  readonly learned?: LearnedNumber;
  /** True when `update` learns what takes away variance: a baseline or another control variate. */
  readonly learnsControl?: boolean;
  /** True where the value is a function of the node's parents, whatever is given: it is not drawn, and has no probability. */
  readonly fixed?: boolean;
  /** True when the whole model's states are summed as soon as every node's estimator says so. */
  readonly summed?: boolean;
  /** Copies of every row that `surrogate` evaluates, where they are more than a few; work on many rows is cut accordingly. */
  copies?(unitShape: readonly number[], statesPerUnit: number | null): number;
  /**
   * The node's value, `[S, B', …unitShape]`, and the gradient that flows through it to the distribution's parameters.
   * @param forced take this value instead of drawing one (replay, enumeration)
   */
  draw(distribution: Distribution, noise: NodeNoise, forced: tf.Tensor | null): tf.Tensor;
  /**
   * The value as the model's functions and log q read it: the same numbers with another gradient towards the value. The guide's own
   * later nodes read the value itself. The value as it is when left out.
   */
  view?(value: tf.Tensor): tf.Tensor;
  /** The terms that it adds to the surrogate loss, `[S, B']`, or null. Its gradient counts, its value never does. */
  surrogate(context: SurrogateContext): tf.Tensor | null;
  /** Its control variate apart, for diagnostics; null where the distribution's score is not known. Baselines stand still. */
  controlVariate?(context: SurrogateContext): ControlVariate | null;
  /** Called after the gradient was taken, in training only: baselines learn from the signal they have just centred. */
  update(): void;
  /** The numbers that it moves while training, as they are now; none when left out. */
  settings?(): readonly MovedSetting[];
  state(): EstimatorState;
  restore(state: EstimatorState): void;
  dispose(): void;
}

/**
 * The estimate's derivative with respect to the node's logits in two parts, `[S, B', …unitShape]`: the estimate is `plain` less
 * `control`, up to constants of the example.
 */
export interface ControlVariate {
  /** Score times credit. */
  readonly plain: tf.Tensor;
  readonly control: tf.Tensor;
}

/** What a node's estimator may ask for. Tensors live until the end of the step. */
export interface SurrogateContext {
  readonly node: string;
  readonly distribution: Distribution;
  readonly objective: Objective;
  /** True when the loss is a mean over samples, so that each sample's score meets its own loss; else they share one. */
  readonly additive: boolean;
  /** The drawn value as a constant, `[S, B', …unitShape]`. */
  readonly value: tf.Tensor;
  /** log q(value), `[S, B']`, with gradients to the distribution's parameters only. */
  readonly logProb: tf.Tensor;
  /** Loss credited to the node, `[S, B']`, constant: the terms downstream of it, or the whole loss when terms do not add. */
  readonly credit: tf.Tensor;
  /** Sum of all terms of every sample, `[S, B']`, constant. */
  readonly total: tf.Tensor;
  /** True while training: baselines keep what they need for `update`. */
  readonly training: boolean;
  /** The node's noise. Stream 0 decided its value, unless that was forced. */
  readonly noise: NodeNoise;
  /** True when the value was given rather than drawn, so that stream 0 says nothing of it. */
  readonly forced: boolean;
  /** True when other nodes are drawn given this one. */
  readonly hasDescendants: boolean;
  /** The mean-field pass, made once per step and shared by all nodes. */
  meanField(): MeanField;
  /** The model run again with this node's value replaced. */
  evaluate(request: BranchRequest): Branches;
  /** Derivatives of the cost along curves through the node's value, with nodes downstream integrated as they are drawn. */
  derivatives(request: CurveRequest): CurveDerivatives;
  /** What the model says of the node, p(h | …), in a guide/model pair. */
  readonly prior: Distribution | null;
  /** The loss with one sample's total replaced at a time: `[C, S, B']` totals to `[C, S, B']` losses. For losses that do not add. */
  lossWith(replaced: tf.Tensor): tf.Tensor;
  /** Inputs of an input-dependent baseline, `[S·B', D]`: the data and the values of the node's parents. Null when there are none. */
  baselineInputs(): tf.Tensor2D | null;
}

/** A value for a node downstream of the replaced one, given its new parents; `noise` is what decided its drawn value. */
export type DescendantDraw = (distribution: Distribution, noise: NodeNoise, estimator: NodeEstimator) => tf.Tensor;

/** C copies of the S samples in which this node's value is replaced. */
export interface BranchRequest {
  /** C. */
  readonly copies: number;
  /** The node's values, copy after copy, `[C·S, B', …unitShape]`. */
  readonly value: tf.Tensor;
  /**
   * Nodes downstream of the replaced one. `keep`: their drawn values, where they are drawn exactly, else as `redraw`.
   * `redraw`: drawn again by their own estimators, given the new parents, from the same noise. `mean`: their means.
   */
  readonly descendants: "keep" | "redraw" | "mean" | DescendantDraw;
  /** Also the derivative with respect to the value. */
  readonly slope?: boolean;
}

/** C curves through each of the S samples' values of this node. */
export interface CurveRequest {
  /** The value at a shift s, `[S', B', width]`: S' a multiple of S, copy after copy. The drawn value at s = 0. */
  readonly at: (shift: tf.Tensor) => tf.Tensor;
  /** Curve c is s = t d_c, `[C, width]`. */
  readonly directions: tf.Tensor2D;
  /** Highest derivative. */
  readonly order: number;
  /** All derivatives of a cost that is a polynomial along every curve, up to this degree; `order` when left out. */
  readonly whole?: number;
  /** Which derivatives are wanted; all when left out. */
  readonly needs?: (n: number) => boolean;
  /** Keys of terms that are left out: `entropy:h`, `prior:h`. */
  readonly omit?: readonly string[];
}

export interface CurveDerivatives {
  /** The n-th derivative at t = 0 at index n ≥ 1, `[C, S, B']`, constants; null where it is zero along every curve, or not wanted. */
  readonly derivatives: readonly (tf.Tensor | null)[];
  /** The derivative after which all are zero; Infinity where none is known. */
  readonly degree: number;
}

/** All constants. */
export interface Branches {
  /** Loss credited to the node, `[C, S, B']`; where terms do not add, the whole loss with that sample replaced. */
  readonly credit: tf.Tensor;
  /** log q of the kept nodes downstream at their drawn values, `[C, S, B']`. */
  readonly logProb: tf.Tensor;
  /** d credit / d value, `[C·S, B', …unitShape]`, when asked for. */
  readonly slope: tf.Tensor | null;
}

/** Values of the deterministic trunk in which each node's mean replaces its value (seed 1, section 3.1). Constants. */
export interface MeanField {
  /** Loss credited to the node at the trunk, broadcastable to `[S, B']`. */
  credit(node: string): tf.Tensor;
  /** x̄, broadcastable to `[S, B', …unitShape]`. */
  mean(node: string): tf.Tensor;
  /** f'(x̄): derivative of the trunk's loss with respect to x̄, one sample's share, broadcastable like `mean`. */
  slope(node: string): tf.Tensor;
}

export function isUnbiasedAlways(estimator: Estimator): boolean {
  return estimator.unbiased === "always";
}

/** The parts of a node estimator without state. */
export const stateless = {
  update: (): void => undefined,
  state: (): EstimatorState => ({}),
  restore: (): void => undefined,
  dispose: (): void => undefined,
} as const;

/** An exact draw as a constant, which carries no gradient. */
export function exactDraw(distribution: Distribution, noise: NodeNoise, forced: tf.Tensor | null): tf.Tensor {
  return forced ?? distribution.sample(noise);
}
