import type { Workers } from "../diagnostics/chunks/chunks";
import { countStates } from "../diagnostics/enumerate";
import { measureVarianceSliced } from "../diagnostics/measureVariance";
import { partOf, type Sliced } from "../diagnostics/sliced";
import { VarianceAccumulator } from "../diagnostics/varianceAccumulator";
import { GradlensError } from "../errors";
import { applicable } from "../estimators/estimatorSpec";
import type { DataInputs } from "../model/defineModel";
import type { ComparedEstimator } from "../protocol/comparison";
import { describedSamples } from "./describedSamples";
import { type Measurable, measureBias } from "./measureBias";
import type { Prepared } from "./prepare";
import { type EstimateCost, timeEstimates } from "./timeEstimates";
import { warmUp } from "./warmUp";

type Chosen = Pick<Prepared, "specs" | "estimators"> & { readonly text: string };

export interface ComparisonRequest {
  readonly data: DataInputs;
  readonly step: number;
  readonly hasData: boolean;
  /** Estimates of every example's gradient, for the variance. */
  readonly draws: number;
  /** Estimates for the bias where it is sampled. */
  readonly biasDraws: number;
  /** Training steps for which control variates learn first, the parameters standing still. */
  readonly warmUp: number;
  readonly samples?: number | undefined;
  /** Engines that take a share of the draws. */
  readonly workers?: Workers | undefined;
  /** Told of each estimator before its turn. */
  readonly onEstimator?: (id: string) => void;
  /** One that cannot be compared is left out, unless this throws. */
  readonly onFailure: (id: string, error: unknown) => void;
}

/** One row of a model without data costs little, and its variance needs more draws than that of a hundred examples. */
const DRAWS_WITHOUT_DATA = 1000;
/** Variance below this share of the squared gradient is what float32 leaves of none. */
const ROUNDING = 1e-10;
/** Shares of the work: learning, then measuring noise and bias; the rest is timing. */
const LEARNING = 0.2;
const MEASURING = 0.7;
/** Turns in which estimators are timed. */
const TURNS = 7;

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

/**
 * Variance, bias, time and evaluations of estimators at the model's parameters, under the same noise; times are taken in turns. In slices.
 * The estimators' control variates learn before they are measured, and while they are timed: use them for nothing else afterwards.
 */
export function* compareEstimators(
  prepared: Measurable & Pick<Prepared, "numSamples" | "batch">,
  chosen: readonly Chosen[],
  request: ComparisonRequest,
): Sliced<readonly ComparedEstimator[]> {
  const { seed } = prepared;
  const { step, samples } = request;
  const measured: Moments[] = [];
  const contenders: (Chosen & { readonly numSamples: number })[] = [];
  for (const [index, candidate] of chosen.entries()) {
    request.onEstimator?.(candidate.text);
    const [learning, measuring] = [LEARNING / chosen.length, MEASURING / chosen.length];
    const from = index * (learning + measuring);
    try {
      const contender = { ...candidate, numSamples: describedSamples(prepared, candidate.specs, samples) };
      const learner = { ...prepared, numSamples: contender.numSamples };
      yield* partOf(warmUp(learner, candidate.estimators, { step, steps: request.warmUp }), from, learning);
      const moments = yield* partOf(measureMoments(prepared, candidate, request), from + learning, measuring);
      // Where a step of it fails, it does so here.
      yield* partOf(
        timeEstimates([contender], { ...prepared, ...request }, { seed, step, turns: 0 }),
        from + learning + measuring,
        0,
      );
      measured.push(moments);
      contenders.push(contender);
    } catch (error) {
      request.onFailure(candidate.text, error);
    }
  }
  const timing = timeEstimates(contenders, { ...prepared, ...request }, { seed, step, turns: TURNS, training: true });
  const costs = yield* partOf(timing, LEARNING + MEASURING, 1 - LEARNING - MEASURING);
  return measured.map((moments, i) => compared(moments, costs[i]!));
}

type Moments = Pick<ComparedEstimator, "id" | "interval" | "verdict"> & { readonly variance: number };

function compared({ id, variance, interval, verdict }: Moments, cost: EstimateCost): ComparedEstimator {
  const { leastSeconds, seconds, evaluations } = cost;
  const per = (price: number): number | null => (variance > 0 ? 1 / (variance * price) : null);
  return {
    ...{ id, variance, interval, verdict },
    secondsPerStep: leastSeconds,
    medianSecondsPerStep: seconds,
    evaluationsPerStep: evaluations,
    efficiency: per(leastSeconds),
    efficiencyInterval:
      variance > 0 && interval && interval[0] > 0
        ? [1 / (interval[1] * leastSeconds), 1 / (interval[0] * leastSeconds)]
        : null,
    efficiencyByEvaluations: per(evaluations),
  };
}

/** Variance and bias of one estimator. */
function* measureMoments(
  prepared: Measurable & Pick<Prepared, "numSamples">,
  { text: id, specs, estimators }: Chosen,
  { data, step, hasData, draws, biasDraws, samples, workers }: ComparisonRequest,
): Sliced<Moments> {
  const { instance, structure, objective, batchSize, seed } = prepared;
  const numSamples = describedSamples(prepared, specs, samples);
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
          ...{ instance, structure, objective, data, batchSize, numSamples, workers, specs, estimators, examples },
          ...{ hasData, seed, step, whole, elementsUpTo: 0, monteCarloOnly: true },
          draws: hasData ? draws : Math.max(DRAWS_WITHOUT_DATA, draws),
        })).map(({ monteCarlo }) => monteCarlo ?? NaN);
  const total = sum(measured);
  if (!Number.isFinite(total)) {
    throw new GradlensError(
      "GL1643",
      `the gradient of ${id} is not finite at these parameters; gradlens gradient shows where`,
    );
  }
  const squaredMean = sum(bias.parameters.flatMap(({ mean }) => mean.map((value) => value * value)));
  const variance = total <= ROUNDING * squaredMean ? 0 : total;
  const known = bias.method === "enumeration" || variance === 0;
  return { id, variance, interval: intervalOf(variance, known, whole), verdict: bias.verdict };
}

function intervalOf(variance: number, known: boolean, whole: VarianceAccumulator): [number, number] | null {
  if (known) return [variance, variance];
  const { interval } = whole.result();
  return interval && [Math.min(interval[0], variance), Math.max(interval[1], variance)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
