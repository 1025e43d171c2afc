import { tidy } from "../../backends/tidy";
import type { NodeEstimator } from "../../estimators/estimator";
import { differenceOfRows } from "../../gradients/differenceOfRows";
import type { RowGradients } from "../../gradients/rowGradients";
import { sumsOfRows } from "../../gradients/sumsOfRows";
import type { Measured } from "../../protocol/sweep";
import type { ExactRequest } from "../exactGradient";
import type { NormBounds } from "../normBounds";
import { PassDraws } from "../passDraws";
import { planPasses } from "../passPlan";
import type { Sliced } from "../sliced";
import { type GradientMoments, unknown } from "./gradientMoments";
import { RowMoments } from "./rowMoments";

export interface DrawnMomentsRequest extends ExactRequest {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** The gradient itself where it can be had, else an unbiased estimator drawn with the same noise, or nothing. */
  readonly reference: ReadonlyMap<string, Float64Array> | ReadonlyMap<string, NodeEstimator> | null;
  readonly referenceIsExact: boolean;
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
  readonly level: number;
}

/**
 * Bias², variance and signal-to-noise ratios from a fixed number of draws, looked at once. ‖E d‖² of d = ĝ − reference is the squared
 * mean less the noise in it; its bounds are those of the bias test (docs/bias-test.md).
 */
export function* drawnMoments(request: DrawnMomentsRequest): Sliced<GradientMoments> {
  const { instance, batchSize: B, numSamples, level, estimators, reference, referenceIsExact } = request;
  const hasData = Object.keys(request.data).length > 0;
  const m = hasData ? B : 1;
  const plan = planPasses(hasData, B, request.draws, numSamples);
  const draw = new PassDraws(request, plan);
  const paired = reference && !referenceIsExact ? (reference as ReadonlyMap<string, NodeEstimator>) : null;
  const moments = (): RowMoments => new RowMoments(m, B);
  const sizes = instance.parameters.map(({ variable }) => variable.size);
  const sums = sizes.map((size) => new Float64Array(size));
  const differences = paired ? sizes.map((size) => new Float64Array(size)) : sums;
  const each = instance.parameters.map(moments);
  const whole = moments();
  const error = paired ? moments() : whole;
  for (let pass = 0; pass < plan.passes; pass++) {
    for (let chunk = 0; chunk < plan.chunks; chunk++) {
      const [from, size] = plan.examples(chunk);
      const R = plan.replicates;
      tidy(() => {
        const rows = draw.rows(estimators, pass, chunk);
        const total = addRows(rows, sums, (gram, i) => each[i]!.add(gram, from, size, R));
        whole.add(total, from, size, R);
        if (!paired) return;
        const others = draw.rows(paired, pass, chunk);
        const apart = rows.map((own, i) => differenceOfRows(own, others[i]!));
        error.add(addRows(apart, differences), from, size, R);
      });
    }
    yield (pass + 1) / plan.passes;
  }
  const count = plan.passes * plan.rows;
  const squares = sums.map((sum) => squaredDistance(sum, count, null));
  const scale = squares.reduce((total, square) => total + square, 0);
  // Two numbers share the error rate where both are in the answer.
  const half = 1 - (1 - level) / 2;
  const bounds = (at: number): NormBounds | null => {
    if (!reference) return null;
    const square = instance.parameters.reduce(
      (total, { name }, i) =>
        total + squaredDistance(differences[i]!, count, paired ? null : (reference.get(name) as Float64Array)),
      0,
    );
    return error.norm(square, scale, at);
  };
  const bias = bounds(level);
  return {
    method: "sampling",
    draws: Math.round(count / B),
    biasSquared: bias ? { value: bias.square, interval: [bias.low ** 2, bias.high ** 2] } : unknown,
    variance: whole.variance(scale, level),
    meanSquaredError: sumOf(bounds(half), whole.variance(scale, half)),
    parameters: instance.parameters.map(({ name }, i) => {
      const square = squares[i]!;
      return {
        name,
        variance: each[i]!.variance(square, level),
        snr: ratioOf(each[i]!.norm(square, square, half), each[i]!.variance(square, half)),
      };
    }),
  };
}

/** Adds rows to the sums of their tensors. @returns their inner products, all tensors together */
function addRows(
  rows: readonly RowGradients[],
  sums: readonly Float64Array[],
  onGram: (gram: ArrayLike<number>, index: number) => void = () => undefined,
): Float64Array {
  let total: Float64Array | null = null;
  rows.forEach((row, i) => {
    const values = sumsOfRows(row, 1).dataSync();
    const sum = sums[i]!;
    for (let e = 0; e < sum.length; e++) sum[e]! += values[e]!;
    const gram = row.gram().dataSync();
    onGram(gram, i);
    if (total) for (let e = 0; e < gram.length; e++) total[e]! += gram[e]!;
    else total = Float64Array.from(gram);
  });
  return total ?? new Float64Array(0);
}

function squaredDistance(sum: Float64Array, count: number, from: Float64Array | null): number {
  let total = 0;
  for (let e = 0; e < sum.length; e++) total += (sum[e]! / count - (from?.[e] ?? 0)) ** 2;
  return total;
}

function sumOf(bias: NormBounds | null, variance: Measured): Measured {
  if (!bias || variance.value === null) return unknown;
  const value = Math.max(0, bias.square) + variance.value;
  const ends = variance.interval ?? (variance.value === 0 ? [0, 0] : null);
  return { value, interval: ends && [bias.low ** 2 + ends[0]!, bias.high ** 2 + ends[1]!] };
}

function ratioOf(norm: NormBounds | null, variance: Measured): Measured {
  if (!norm || !variance.value) return unknown;
  // A mean that the draws do not tell from 0 has no ratio, as beside training; how large it may be is known all the same.
  const value = norm.square > 0 ? Math.sqrt(norm.square / variance.value) : null;
  const { interval } = variance;
  if (!interval || !(interval[0] > 0)) return { value, interval: null };
  const [low, high] = [norm.low / Math.sqrt(interval[1]), norm.high / Math.sqrt(interval[0])];
  return { value, interval: value === null ? [low, high] : [Math.min(value, low), Math.max(value, high)] };
}
