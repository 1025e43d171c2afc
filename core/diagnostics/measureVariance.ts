import type { NodeEstimator } from "../estimators/estimator";
import type { EstimatorSpec } from "../estimators/estimatorSpec";
import type { ModelInstance } from "../graph/instance";
import type { Structure } from "../graph/structure";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import type { ParameterVariance } from "../protocol/variance";
import { openChunks, plainSet, type Workers } from "./chunks/chunks";
import { type ReplicateParts, type Replicates, variancePass } from "./chunks/variancePass";
import type { DriftPart, DriftWindow } from "./driftWindow";
import { ElementMoments } from "./elementMoments";
import { signalToNoise } from "./signalToNoise";
import { finish, type Sliced } from "./sliced";
import { SMALL } from "./pairMoments";
import { replicatePasses } from "./replicatePasses";
import { VarianceAccumulator } from "./varianceAccumulator";
import type { VarianceWindow } from "./varianceWindow";

export interface VarianceRequest {
  readonly instance: ModelInstance;
  readonly structure: Structure;
  readonly objective: Objective;
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** `[1, m, …]`: the examples measured. */
  readonly data: DataInputs;
  readonly examples: number;
  /** B: the batch of the estimate that is described. */
  readonly batchSize: number;
  readonly hasData: boolean;
  readonly numSamples: number;
  /** Replicates of every example, at least 2; a few more are drawn where groups of them come out even. */
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
  /** Report single elements of tensors up to this size. */
  readonly elementsUpTo: number;
  /** At refined posteriors, as training takes the gradient where the model asks for `inference`; at the guide's when left out. */
  readonly refined?: boolean;
  /** Earlier measurements that are averaged with this one; single elements are not. */
  readonly window?: VarianceWindow;
  /** Takes the mean gradient beside those of earlier measurements; only where one pass holds all draws. */
  readonly drift?: DriftWindow;
  /** Takes the spread of the whole gradient, all parameters together. */
  readonly whole?: VarianceAccumulator;
  /** May leave data part and ratio unknown, which cost a product with the shape of every dense weight. */
  readonly monteCarloOnly?: boolean;
  /** Confidence level of the intervals; 0.95 when left out. */
  readonly level?: number;
  /** Engines that take a share of the passes, and how they make the estimators; all is done here when one is left out. */
  readonly workers?: Workers | undefined;
  readonly specs?: ReadonlyMap<string, EstimatorSpec> | undefined;
  /** Asked between passes; true ends the measurement with what there is. */
  readonly cancelled?: () => boolean;
}

export interface MeasuredVariance extends ParameterVariance {
  readonly elements?: {
    readonly monteCarlo: readonly number[];
    readonly data: readonly number[];
    readonly total: readonly number[];
  };
}

/** Rows evaluated at once. */
export const MAX_ROWS = 2048;
/** Noise of measurements is drawn apart from that of training. */
export const DIAGNOSTIC_REPLICATE = 1;

/** Monte Carlo and data variance of every parameter's gradient at the current parameters, from replicates of single examples. */
export function measureVariance(request: VarianceRequest): readonly MeasuredVariance[] {
  return finish(measureVarianceSliced(request));
}

/** The same, pass by pass. */
export function* measureVarianceSliced(request: VarianceRequest): Sliced<readonly MeasuredVariance[]> {
  const { instance, examples: m, batchSize, hasData, draws, level = 0.95 } = request;
  const { parameters } = instance;
  const allSmall = parameters.every(({ variable }) => variable.size <= SMALL);
  const totals = new Map(parameters.map(({ name }) => [name, new VarianceAccumulator(m, batchSize, hasData)]));
  const elements = new Map(
    parameters.flatMap(({ name, variable }) =>
      variable.size <= Math.max(request.elementsUpTo, allSmall ? SMALL : 0)
        ? [[name, new ElementMoments(m, variable.size, batchSize, hasData)] as const]
        : [],
    ),
  );
  const formed = Math.max(
    0,
    ...parameters.map(({ name, variable }) => (allSmall || elements.has(name) ? variable.size : 0)),
  );
  const passes = replicatePasses(draws, m, { samples: request.numSamples, formed, products: !allSmall });
  const total = passes.reduce((sum, { replicates }) => sum + replicates, 0);
  const argsOf = (index: number): Replicates => ({
    seed: request.seed,
    step: request.step,
    examples: m,
    ...passes[index]!,
    firstReplicate: DIAGNOSTIC_REPLICATE + passes[index]!.firstReplicate,
    means: !request.monteCarloOnly,
    small: allSmall,
    elements: parameters.map(({ name }) => elements.has(name)),
    together: request.drift !== undefined && passes.length === 1,
    refined: request.refined === true,
  });
  const work = {
    kind: variancePass,
    subject: { ...request, sets: [plainSet(request)] },
    total: passes.length,
    args: argsOf,
  };
  const chunks = openChunks(work, request.specs && request.workers);
  let done = 0;
  try {
    for (let index = 0; index < passes.length && !(index > 0 && request.cancelled?.()); index++) {
      const { replicates, groups } = passes[index]!;
      const whole = { replicates, squares: new Float64Array(m), groups: new Float64Array(groups * m), means: null };
      (yield* chunks.next()).forEach(({ spread, first, second, together }, i) => {
        const { name } = parameters[i]!;
        totals.get(name)!.add(spread);
        spread.squares.forEach((square, b) => void (whole.squares[b]! += square));
        spread.groups.forEach((variance, j) => void (whole.groups[j]! += variance));
        if (together) request.drift?.add(name, driftPart(request, together, replicates), level);
        if (first && second) elements.get(name)!.add(first, second, replicates);
      });
      request.whole?.add(whole);
      done += replicates;
      yield done / total;
    }
  } finally {
    chunks.close();
  }
  return parameters.map(({ name, shape, variable }) => {
    const found = request.window?.add(name, totals.get(name)!) ?? totals.get(name)!;
    const { monteCarlo, data, total: sum, snr, interval } = found.result(level);
    const moments = elements.get(name);
    const detail = moments && done >= 2 ? moments.result() : null;
    const own = detail && allSmall && !request.window ? detail : null;
    const best = own
      ? fromElements(own, { examples: m, batchSize, hasData, replicates: done })
      : { monteCarlo, data, total: sum, snr };
    return {
      name,
      shape,
      ...best,
      data: data === null ? null : best.data,
      interval:
        interval && best.monteCarlo !== null
          ? [Math.min(interval[0], best.monteCarlo), Math.max(interval[1], best.monteCarlo)]
          : null,
      level,
      degreesOfFreedom: own ? m * (done - 1) : found.degreesOfFreedom,
      draws: found.draws,
      ...(detail && variable.size <= request.elementsUpTo
        ? { elements: { monteCarlo: detail.monteCarlo, data: detail.data, total: detail.total } }
        : {}),
    };
  });
}

/** Rows are independent by example; without data all of them are. */
function driftPart(
  { step, examples: m, hasData }: VarianceRequest,
  { sum, gram }: NonNullable<ReplicateParts["together"]>,
  replicates: number,
): DriftPart {
  const n = replicates * m;
  const mean = new Float32Array(sum.length);
  for (let e = 0; e < sum.length; e++) mean[e] = sum[e]! / n;
  if (!hasData) return { step, mean, gram, rows: n };
  const ofExamples = new Float64Array(m * m);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) ofExamples[(i % m) * m + (j % m)]! += gram[i * n + j]! / replicates ** 2;
  return { step, mean, gram: ofExamples, rows: m };
}

/** Totals from all replicates rather than from those of each pass: the same numbers with less noise. */
function fromElements(
  detail: ReturnType<ElementMoments["result"]>,
  {
    examples: m,
    batchSize: B,
    hasData,
    replicates: K,
  }: { readonly examples: number; readonly batchSize: number; readonly hasData: boolean; readonly replicates: number },
): Pick<ParameterVariance, "monteCarlo" | "data" | "total" | "snr"> {
  const add = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const monteCarlo = add(detail.monteCarlo);
  const data = hasData ? add(detail.data) : 0;
  const total = monteCarlo + data;
  // ‖mean‖² less the noise that is squared in it.
  const squaredNorm =
    detail.mean.reduce((sum, value) => sum + value * value, 0) - (monteCarlo * B) / (m * K) - (data * B) / m;
  return { monteCarlo, data, total, snr: signalToNoise(squaredNorm, total) };
}
