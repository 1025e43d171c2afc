import type { tf } from "../backends/tf";
import { GradlensError } from "../errors";
import { refuseUnknown } from "../refuseUnknown";

/** Tensors `[1, B, …]` of the data set's inputs, by name; empty without a data set. */
export type DataInputs = Readonly<Record<string, tf.Tensor>>;

/** Functions of a model: a program for an expected cost, or a guide q(h | x) and a model p(x, h). */
export type ModelFunctions =
  | { readonly program: (data: never) => void }
  | { readonly guide: (data: never) => void; readonly model: (data: never) => void };

export interface OptimizerOptions {
  readonly id: string;
  readonly learningRate?: number;
  readonly [option: string]: number | string | undefined;
}

export interface ModelOptions {
  /** Data set id. */
  readonly data?: string;
  readonly batchSize?: number;
  /** Objective id; the bound in another form as `"elbo(form=entropy)"` or `"elbo(form=kl)"`. */
  readonly objective?: string;
  /**
   * Under `elbo` without a form, KL(q ‖ p) in closed form in place of the log q and log p of a node's value, wherever both are of one family that has
   * one. The mean does not change, the variance often falls.
   */
  readonly analyticKl?: boolean;
  /** Default estimator, or one per node: `"lr-c"`, `"h1=muprop-c,h2=half"`. */
  readonly estimator?: string;
  readonly optimizer?: OptimizerOptions;
  /** S: samples of every example. */
  readonly samples?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly seed?: number;
  readonly schedule?: ScheduleOptions;
  readonly earlyStop?: EarlyStopOptions;
  /**
   * Trains with posteriors that are refined example by example. What `variance`, `bias` and the panels measure remains the plain
   * estimator at the guide's own posterior.
   */
  readonly inference?: InferenceOptions;
}

/** Refined posteriors (seed 5): gradient ascent on each example's variational parameters, from the guide's. */
export interface InferenceOptions {
  /** Inference steps within each training step. */
  readonly steps: number;
  /** γ, the inference rate. */
  readonly rate: number;
}

/** Learning-rate schedule: a factor on the optimizer's rate. */
export interface ScheduleOptions {
  readonly id: "constant" | "cosine" | "step" | "linear";
  /** Steps over which the rate falls (cosine, linear), or between two falls (step). */
  readonly steps?: number;
  /** Factor of each fall (step) or at the end (cosine, linear). */
  readonly factor?: number;
  /** Steps over which the rate rises from zero first. */
  readonly warmup?: number;
}

export interface EarlyStopOptions {
  /** Epochs without an improvement of the validation value after which training stops. */
  readonly patience: number;
  /** Smallest fall of the loss that counts as an improvement, nats. */
  readonly minDelta?: number;
}

type Names<T> = Readonly<Record<keyof T, true>>;

const optionNames: Names<ModelOptions> = {
  ...{ data: true, batchSize: true, samples: true, seed: true, epochs: true, steps: true },
  ...{ objective: true, analyticKl: true, estimator: true, inference: true },
  ...{ optimizer: true, schedule: true, earlyStop: true },
};

/** Options that are objects with members of their own; an optimizer looks at its own. */
const partNames = {
  inference: { steps: true, rate: true } satisfies Names<InferenceOptions>,
  schedule: { id: true, steps: true, factor: true, warmup: true } satisfies Names<ScheduleOptions>,
  earlyStop: { patience: true, minDelta: true } satisfies Names<EarlyStopOptions>,
};

const brand = Symbol.for("gradlens.model");

export interface ModelDefinition {
  readonly [brand]: true;
  readonly name: string;
  readonly build: () => ModelFunctions;
  readonly options: ModelOptions;
}

/** Names a model and says how to build it; a model file exports the result. Nothing runs until an engine builds it. */
export function defineModel(name: string, build: () => ModelFunctions, options: ModelOptions = {}): ModelDefinition {
  if (typeof name !== "string" || name === "")
    throw new GradlensError("GL1130", "defineModel needs a name as its first argument");
  if (typeof build !== "function")
    throw new GradlensError(
      "GL1131",
      `defineModel("${name}") needs a build function as its second argument, got ${typeof build}`,
    );
  refuseUnknown(`defineModel("${name}")`, options, Object.keys(optionNames));
  for (const part of ["inference", "schedule", "earlyStop"] as const)
    if (options[part] !== undefined)
      refuseUnknown(`${part} of defineModel("${name}")`, options[part], Object.keys(partNames[part]));
  return { [brand]: true, name, build, options };
}

export function isModelDefinition(value: unknown): value is ModelDefinition {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === true;
}
