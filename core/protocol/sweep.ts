import type { CheckSubject } from "./bias";

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
