import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import { GradlensError } from "../errors";
import type { NodeEstimator } from "../estimators/estimator";
import { surrogateRows } from "../gradients/surrogate";
import { gradients, record } from "../gradients/tape";
import { Noise } from "../random/noise";
import { type BiasReport, overall, type ParameterBias, type Verdict } from "./bias";
import { norm } from "./biasByEnumeration";
import { countStates, tileRows } from "./enumerate";
import { exactGradientSliced, type ExactRequest } from "./exactGradient";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import { gramOf, squaredNorm } from "./normInterval";
import type { Sliced } from "./sliced";

export interface BiasSamplingRequest extends ExactRequest {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** An unbiased estimator at every node, drawn with the same noise; used when the states cannot be enumerated. */
  readonly reference: { readonly id: string; readonly estimators: ReadonlyMap<string, NodeEstimator> } | null;
  /** Estimates of the batch-mean gradient to draw. */
  readonly draws: number;
  readonly margin: number;
  readonly seed: number;
  readonly step: number;
  /** Overall false-alarm rate, shared among the tensors by Bonferroni's bound. */
  readonly alpha: number;
}

const MAX_ROWS = 4096;
const MIN_GROUPS = 20;
/** Numbers of all groups' means held at once, in float64. */
const MAX_NUMBERS = 2 ** 25;

/**
 * Bias of an estimator from draws: group means of d = ĝ − reference, ‖E d‖² without squared noise, and an interval per tensor.
 * Unbiased means that the whole interval of ‖bias‖/‖gradient‖ lies below the margin, biased that it lies above it.
 */
export function* biasBySampling(request: BiasSamplingRequest): Sliced<BiasReport> {
  const { instance, structure, numSamples, batchSize: B, margin } = request;
  const enumerable = "states" in countStates(structure, numSamples);
  if (!enumerable && !request.reference) throw new GradlensError("GL1403", "no unbiased reference exists for this model: its states cannot be enumerated and no unbiased estimator serves every node");
  const exact = enumerable ? (yield* exactGradientSliced(request)).gradients : null;
  const numbers = instance.parameters.reduce((total, { variable }) => total + variable.size, 0) * (exact ? 1 : 2);
  const groups = Math.max(MIN_GROUPS, Math.min(200, Math.floor(request.draws / 10), Math.floor(MAX_NUMBERS / numbers)));
  const perGroup = Math.max(1, Math.ceil(request.draws / groups));
  const own = new Map<string, Float64Array[]>(instance.parameters.map(({ name }) => [name, []]));
  const others = new Map<string, Float64Array[]>(instance.parameters.map(({ name }) => [name, []]));
  let done = 0;
  for (let group = 0; group < groups; group++) {
    const first = DIAGNOSTIC_REPLICATE + group * perGroup;
    const mean = meanOfDraws(request, request.estimators, first, perGroup);
    const reference = exact ? null : meanOfDraws(request, request.reference!.estimators, first, perGroup);
    for (const [name, values] of mean) {
      own.get(name)!.push(values);
      if (reference) others.get(name)!.push(reference.get(name)!);
    }
    done++;
    yield done / groups;
  }

  // Two sides, all tensors, and the gradient's own norm when it is sampled too.
  const tail = request.alpha / (instance.parameters.length * (exact ? 2 : 4));
  const sizes = new Map(instance.parameters.map(({ name }) => [name, exact ? norm(exact.get(name)!) : 0]));
  const largest = Math.max(...sizes.values());
  const parameters = instance.parameters.map(({ name, shape, variable }): ParameterBias => {
    const drawn = own.get(name)!;
    const mean = average(drawn);
    const differences = drawn.map((values, group) => values.map((value, e) => value - (exact ? exact.get(name)![e]! : others.get(name)![group]![e]!)));
    const bias = average(differences);
    const error = squaredNorm(gramOf(differences), done, tail);
    const P = variable.size;
    const standardError = elementwiseVariance(differences).map((value) => Math.sqrt(value / done));
    const size = exact ? { value: sizes.get(name)! ** 2, low: sizes.get(name)! ** 2, high: sizes.get(name)! ** 2 } : squaredNorm(gramOf(others.get(name)!), done, tail);
    const gradientKnown = exact ? sizes.get(name)! > 1e-6 * largest : size.low > 0;
    const ratio = (top: number, bottom: number): number => Math.sqrt(Math.max(0, top) / bottom);
    const interval: [number, number] | null = gradientKnown ? [ratio(error.low, size.high), ratio(error.high, size.low)] : null;
    return {
      name,
      shape,
      exact: exact ? [...exact.get(name)!] : null,
      mean: [...mean],
      bias: [...bias],
      variance: [...elementwiseVariance(drawn)].map((value) => value * perGroup),
      standardError: P > 0 ? [...standardError] : [],
      relativeBias: gradientKnown && size.value > 0 ? ratio(error.value, size.value) : null,
      interval,
      verdict: decide(interval, margin, error.low),
    };
  });
  return {
    method: "sampling",
    verdict: overall(parameters.map(({ verdict }) => verdict)),
    parameters,
    reference: exact ? "the exact gradient, all joint states enumerated" : `the mean of ${request.reference!.id} over the same noise`,
    margin,
    level: 1 - request.alpha,
    draws: done * perGroup,
    notes: B === 1 ? [] : [`each estimate is the mean of ${B} examples at the current parameters`],
  };
}

function decide(interval: readonly [number, number] | null, margin: number, errorLow: number): Verdict {
  if (!interval) return errorLow > 0 ? "biased" : "undecided";
  if (interval[0] > margin) return "biased";
  return interval[1] < margin ? "unbiased" : "undecided";
}

/** The mean over `draws` estimates of the batch-mean gradient, flat per parameter. */
function meanOfDraws(request: BiasSamplingRequest, estimators: ReadonlyMap<string, NodeEstimator>, first: number, draws: number): Map<string, Float64Array> {
  const { instance, structure, objective, batchSize: B, numSamples } = request;
  const totals = new Map(instance.parameters.map(({ name, variable }) => [name, new Float64Array(variable.size)]));
  const chunk = Math.max(1, Math.floor(MAX_ROWS / (B * numSamples)));
  for (let done = 0; done < draws; done += chunk) {
    const replicates = Math.min(chunk, draws - done);
    tidy(() => {
      const noise = new Noise({ seed: request.seed, step: request.step, numSamples, numRows: replicates * B, replicates, firstReplicate: first + done });
      const recorded = record(() => tf.sum(surrogateRows({ functions: instance.functions, structure, objective, estimators, data: tileRows(request.data, replicates), noise, training: false }).surrogate));
      gradients(recorded.tape, recorded.value, instance.parameters.map(({ variable }) => variable)).forEach((gradient, i) => {
        if (!gradient) return;
        const total = totals.get(instance.parameters[i]!.name)!;
        gradient.dataSync().forEach((value, e) => void (total[e]! += value / (draws * B)));
      });
      recorded.release();
    });
  }
  return totals;
}

function average(groups: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(groups[0]!.length);
  for (const group of groups) group.forEach((value, e) => void (result[e]! += value / groups.length));
  return result;
}

function elementwiseVariance(groups: readonly Float64Array[]): Float64Array {
  const mean = average(groups);
  const result = new Float64Array(mean.length);
  for (const group of groups) group.forEach((value, e) => void (result[e]! += (value - mean[e]!) ** 2 / (groups.length - 1)));
  return result;
}
