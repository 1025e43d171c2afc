import { enumerateEstimatorSliced } from "../../diagnostics/enumerateEstimator";
import { measureVarianceSliced } from "../../diagnostics/measureVariance";
import type { Sliced } from "../../diagnostics/sliced";
import type { BoundVerdict, VarianceFinding } from "../../protocol/checks";
import type { CheckSubject } from "../checkSubject";
import { describedSamples } from "../describedSamples";
import { enumerates } from "../measureBias";
import type { Prepared } from "../prepare";

/** Estimates of every example's gradient when nothing else is said; one row of a model without data needs more of them. */
const DRAWS = 200;
const DRAWS_WITHOUT_DATA = 5000;
/** Variance below this share of the squared gradient is what float32 leaves of none. */
const ROUNDING = 1e-10;

export interface MeasuredAgainstBounds {
  readonly draws: number | null;
  readonly level: number | null;
  readonly parameters: readonly VarianceFinding[];
}

/**
 * Monte Carlo variance of every parameter against a bound: below it where the whole interval is, above where none of it is.
 * Enumerated where that can be done, so that the interval has no width; else the tensors share `rate` equally.
 */
export function* measureBounded(
  subject: CheckSubject,
  { specs, estimators }: Pick<Prepared, "specs" | "estimators">,
  { rate, samples, bounds = {}, ...options }: MeasureBoundedOptions,
): Sliced<MeasuredAgainstBounds> {
  const { prepared, data, step } = subject;
  const { instance, structure, objective, batchSize, seed } = prepared;
  const numSamples = describedSamples(prepared, specs, samples);
  const request = { instance, structure, objective, data, batchSize, numSamples };
  const sources = new Map(instance.parameters.map(({ name, source }) => [name, source]));
  const find = (
    name: string,
    shape: readonly number[],
    variance: number | null,
    interval: readonly [number, number] | null,
  ): VarianceFinding => {
    const bound = bounds[name] ?? null;
    const source = sources.get(name);
    const verdict = boundVerdict(interval, bound);
    return { name, shape, variance, interval, bound, verdict, ...(source ? { source } : {}) };
  };
  if (enumerates(structure, specs, numSamples)) {
    const moments = yield* enumerateEstimatorSliced(request, estimators, specs);
    const parameters = instance.parameters.map(({ name, shape }) => {
      const { mean, variance: elements } = moments.get(name)!;
      const total = elements.reduce((sum, value) => sum + value, 0);
      const squaredMean = mean.reduce((sum, value) => sum + value * value, 0);
      const variance = total <= ROUNDING * squaredMean ? 0 : total;
      return find(name, shape, variance, [variance, variance]);
    });
    return { draws: null, level: null, parameters };
  }
  const hasData = prepared.dataset !== null;
  const draws = options.draws ?? (hasData ? DRAWS : DRAWS_WITHOUT_DATA);
  const measured = yield* measureVarianceSliced({
    ...{ ...request, estimators, hasData, draws, seed, step },
    examples: hasData ? batchSize : 1,
    elementsUpTo: 0,
    monteCarloOnly: true,
    level: 1 - rate / instance.parameters.length,
  });
  return {
    draws,
    level: 1 - rate,
    parameters: measured.map(({ name, shape, monteCarlo, interval }) => find(name, shape, monteCarlo, interval)),
  };
}

export interface MeasureBoundedOptions {
  /** Rate of wrong verdicts over all tensors together. */
  readonly rate: number;
  /** Estimates of every example's gradient. */
  readonly draws?: number | undefined;
  readonly samples?: number | undefined;
  readonly bounds?: Readonly<Record<string, number>> | undefined;
}

/** Where an interval lies; undecided where it, or the bound, is unknown. */
export function boundVerdict(interval: readonly [number, number] | null, bound: number | null): BoundVerdict {
  if (interval === null || bound === null || !interval.every(Number.isFinite)) return "undecided";
  if (interval[1] <= bound) return "below";
  return interval[0] > bound ? "above" : "undecided";
}
