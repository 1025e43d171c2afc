import { tidy } from "../backends/tidy";
import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import type { ModelInstance } from "../graph/instance";
import type { Structure } from "../graph/structure";
import type { DataInputs } from "../model/defineModel";
import type { Objective } from "../objectives/objective";
import type { ParameterVariance } from "../protocol/snapshot";
import { Noise } from "../random/noise";
import { tileRows } from "./enumerate";
import { ElementMoments } from "./elementMoments";
import { signalToNoise } from "./signalToNoise";
import { finish, type Sliced } from "./sliced";
import { SMALL } from "./pairMoments";
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
  /** Replicates of every example, at least 2. */
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
  /** Report single elements of tensors up to this size. */
  readonly elementsUpTo: number;
  /** Earlier measurements that are averaged with this one; single elements are not. */
  readonly window?: VarianceWindow;
  /** Takes the pairs of the whole gradient, all parameters together. */
  readonly whole?: VarianceAccumulator;
  /** Confidence level of the intervals; 0.95 when left out. */
  readonly level?: number;
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
  const perPass = allSmall ? Math.max(2, 2 * Math.floor(Math.min(draws, MAX_ROWS / m) / 2)) : 2;
  let done = 0;
  while (done < draws && !(done > 0 && request.cancelled?.())) {
    const replicates = Math.min(perPass, Math.max(2, 2 * Math.ceil((draws - done) / 2)));
    tidy(() => {
      const noise = new Noise({
        seed: request.seed,
        step: request.step,
        numSamples: request.numSamples,
        numRows: replicates * m,
        replicates,
        firstReplicate: DIAGNOSTIC_REPLICATE + done,
      });
      const { rows } = collectRows(instance, {
        structure: request.structure,
        objective: request.objective,
        estimators: request.estimators,
        data: tileRows(request.data, replicates),
        noise,
        training: false,
      });
      const wholes = Array.from({ length: replicates / 2 }, () => new Float64Array(request.whole ? (2 * m) ** 2 : 0));
      for (const row of rows) {
        const moments = elements.get(row.name);
        const total = totals.get(row.name)!;
        if (replicates === 2) {
          const gram = row.gram().dataSync();
          total.addGram(gram);
          wholes[0]!.forEach((_, i, sum) => void (sum[i]! += gram[i]!));
          if (moments) moments.addRows(row.materialise().dataSync(), 2);
          continue;
        }
        const values = row.materialise().dataSync();
        moments?.addRows(values, replicates);
        addPairs(total, values, replicates, m, wholes);
      }
      if (request.whole) for (const gram of wholes) request.whole.addGram(gram);
    });
    done += replicates;
    yield Math.min(1, done / draws);
  }
  return parameters.map(({ name, shape, variable }) => {
    const total = request.window?.add(name, totals.get(name)!) ?? totals.get(name)!;
    const { monteCarlo, data, total: sum, snr, interval } = total.result(level);
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
      interval:
        interval && best.monteCarlo !== null
          ? [Math.min(interval[0], best.monteCarlo), Math.max(interval[1], best.monteCarlo)]
          : null,
      level,
      degreesOfFreedom: own ? m * (done - 1) : total.degreesOfFreedom,
      draws: own ? m * done : 2 * total.degreesOfFreedom,
      ...(detail && variable.size <= request.elementsUpTo
        ? { elements: { monteCarlo: detail.monteCarlo, data: detail.data, total: detail.total } }
        : {}),
    };
  });
}

/** Totals from all replicates rather than from pairs: the same numbers with half the noise. */
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

function addPairs(
  total: VarianceAccumulator,
  rows: ArrayLike<number>,
  replicates: number,
  m: number,
  wholes: readonly Float64Array[],
): void {
  const P = rows.length / (replicates * m);
  const n = 2 * m;
  for (let r = 0; r < replicates; r += 2) {
    const gram = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let e = 0; e < P; e++) product += rows[(r * m + i) * P + e]! * rows[(r * m + j) * P + e]!;
        gram[i * n + j] = product;
        gram[j * n + i] = product;
      }
    }
    total.addGram(gram);
    wholes[r / 2]!.forEach((_, i, sum) => void (sum[i]! += gram[i]!));
  }
}
