import type { Verdict } from "../diagnostics/bias";
import type { Workers } from "../diagnostics/chunks/chunks";
import { countStates } from "../diagnostics/enumerate";
import { measureVarianceSliced } from "../diagnostics/measureVariance";
import type { Sliced } from "../diagnostics/sliced";
import { VarianceAccumulator } from "../diagnostics/varianceAccumulator";
import { GradlensError } from "../errors";
import { applicable } from "../estimators/estimatorSpec";
import type { DataInputs } from "../model/defineModel";
import { describedSamples } from "./describedSamples";
import { type Measurable, measureBias } from "./measureBias";
import type { Prepared } from "./prepare";
import { timeEstimates } from "./timeEstimates";

export interface Comparison {
  readonly id: string;
  /** Monte Carlo variance of one estimate, all parameters together. */
  readonly variance: number | null;
  /** 95 % interval of `variance`: no width when enumerated, null when unknown. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Verdict;
  readonly secondsPerStep: number;
  readonly evaluationsPerStep: number;
  /** 1 / (variance × seconds per step): null without variance. */
  readonly efficiency: number | null;
}

export interface ComparisonRequest {
  readonly data: DataInputs;
  readonly step: number;
  readonly hasData: boolean;
  /** Estimates of every example's gradient, for the variance. */
  readonly draws: number;
  /** Estimates for the bias where it is sampled. */
  readonly biasDraws: number;
  readonly samples?: number | undefined;
  /** Engines that take a share of the draws. */
  readonly workers?: Workers | undefined;
}

/** One row of a model without data costs little, and its variance needs more draws than that of a hundred examples. */
const DRAWS_WITHOUT_DATA = 1000;
/** Variance below this share of the squared gradient is what float32 leaves of none. */
const ROUNDING = 1e-10;

/** Ids that serve every node; enumeration only where there are few enough states. */
export function servingEstimators({
  structure,
  objective,
  numSamples,
}: Pick<Prepared, "structure" | "objective" | "numSamples">): string[] {
  const enumerable = "states" in countStates(structure, numSamples);
  const [first = [], ...others] = [...structure.distributions.values()].map(({ id }) =>
    applicable(id, objective.id).map((estimator) => estimator.id),
  );
  return first.filter((id) => others.every((ids) => ids.includes(id)) && (id !== "enumeration" || enumerable));
}

/** Variance, bias, time and evaluations of one estimator at the model's parameters; in slices. */
export function* compareOne(
  prepared: Measurable & Pick<Prepared, "numSamples">,
  id: string,
  { specs, estimators }: Pick<Prepared, "specs" | "estimators">,
  { data, step, hasData, draws, biasDraws, samples, workers }: ComparisonRequest,
): Sliced<Comparison> {
  const { instance, structure, objective, batchSize, seed } = prepared;
  const numSamples = describedSamples(prepared, specs, samples);
  const request = { instance, structure, objective, data, batchSize, numSamples };
  const bias = yield* measureBias(
    prepared,
    { specs, estimators },
    { data, numSamples, step, method: "auto", draws: biasDraws, until: "whole", workers },
  );
  const examples = hasData ? batchSize : 1;
  const whole = new VarianceAccumulator(examples, batchSize, hasData);
  const measured =
    bias.method === "enumeration"
      ? bias.parameters.map(({ variance: elements }) => sum(elements))
      : (yield* measureVarianceSliced({
          ...request,
          workers,
          specs,
          estimators,
          examples,
          hasData,
          draws: hasData ? draws : Math.max(DRAWS_WITHOUT_DATA, draws),
          seed,
          step,
          elementsUpTo: 0,
          whole,
        })).map(({ monteCarlo }) => monteCarlo ?? NaN);
  yield 1;
  const total = sum(measured);
  if (!Number.isFinite(total)) {
    throw new GradlensError(
      "GL1643",
      `the gradient of ${id} is not finite at these parameters; gradlens gradient shows where`,
    );
  }
  const squaredMean = sum(bias.parameters.flatMap(({ mean }) => mean.map((value) => value * value)));
  const variance = total <= ROUNDING * squaredMean ? 0 : total;

  const [cost] = yield* timeEstimates([{ specs, estimators, numSamples }], request, { seed, step });
  const { seconds: secondsPerStep, evaluations: evaluationsPerStep } = cost!;
  return {
    id,
    variance,
    interval: intervalOf(variance, bias.method === "enumeration" || variance === 0, whole),
    verdict: bias.verdict,
    secondsPerStep,
    evaluationsPerStep,
    efficiency: variance > 0 ? 1 / (variance * secondsPerStep) : null,
  };
}

function intervalOf(variance: number, known: boolean, whole: VarianceAccumulator): [number, number] | null {
  if (known) return [variance, variance];
  const { interval } = whole.result();
  return interval && [Math.min(interval[0], variance), Math.max(interval[1], variance)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
