import { tidy } from "../backends/tidy";
import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import { Noise } from "../random/noise";
import { tileRows } from "./enumerate";
import { DIAGNOSTIC_REPLICATE, MAX_ROWS, type VarianceRequest } from "./measureVariance";
import { pairSquares, SMALL } from "./pairMoments";
import { ratioInterval } from "./ratioInterval";
import type { Sliced } from "./sliced";

type Estimators = ReadonlyMap<string, NodeEstimator>;

export interface VarianceRatioRequest extends Pick<
  VarianceRequest,
  "instance" | "structure" | "objective" | "data" | "batchSize" | "numSamples" | "draws" | "seed" | "step"
> {
  /** m: examples in `data`. */
  readonly examples: number;
  /** Whose variance stands below the line. */
  readonly base: Estimators;
  readonly other: Estimators;
}

/** Monte Carlo variances of one estimate of the batch-mean gradient, and their ratio. */
export interface VarianceRatio {
  readonly base: number;
  readonly other: number;
  /** other / base; null without variance in `base`. */
  readonly ratio: number | null;
  readonly interval: readonly [number, number] | null;
}

/**
 * The Monte Carlo variances of two sets of estimators under the same noise, and their ratio: both are half the mean squared difference of
 * pairs of replicates of each example, so the ratio's interval (`ratioInterval`) uses that what one finds noisy the other mostly does, too.
 *
 * @returns by parameter, and of all parameters together
 */
export function* varianceRatio(
  request: VarianceRatioRequest,
): Sliced<{ readonly parameters: ReadonlyMap<string, VarianceRatio>; readonly whole: VarianceRatio }> {
  const { instance, structure, objective, examples: m, batchSize, numSamples, draws, seed, step } = request;
  const pairs = new Map(instance.parameters.map(({ name }) => [name, { base: [], other: [] } as Pairs]));
  const whole: Pairs = { base: [], other: [] };
  const small = instance.parameters.every(({ variable }) => variable.size <= SMALL);
  const perPass = small ? Math.max(2, 2 * Math.floor(MAX_ROWS / m / 2)) : 2;
  for (let done = 0; done < draws; done += perPass) {
    const replicates = Math.min(perPass, 2 * Math.ceil((draws - done) / 2));
    for (const which of ["base", "other"] as const) {
      tidy(() => {
        const firstReplicate = DIAGNOSTIC_REPLICATE + done;
        const noise = new Noise({ seed, step, numSamples, numRows: replicates * m, replicates, firstReplicate });
        const data = tileRows(request.data, replicates);
        const evaluation = { structure, objective, estimators: request[which], data, noise, training: false };
        const sums = new Float64Array((m * replicates) / 2);
        for (const rows of collectRows(instance, evaluation).rows) {
          const squares = pairSquares(rows, m, replicates);
          squares.forEach((value, i) => {
            pairs.get(rows.name)![which].push(value);
            sums[i]! += value;
          });
        }
        whole[which].push(...sums);
      });
      yield Math.min(1, (done + (which === "base" ? 0.4 : 1) * replicates) / draws);
    }
  }
  return {
    parameters: new Map([...pairs].map(([name, found]) => [name, ratioOf(found, batchSize)])),
    whole: ratioOf(whole, batchSize),
  };
}

interface Pairs {
  readonly base: number[];
  readonly other: number[];
}

function ratioOf({ base, other }: Pairs, batchSize: number): VarianceRatio {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
  const [below, above] = [mean(base), mean(other)];
  return {
    base: below / batchSize,
    other: above / batchSize,
    ratio: below > 0 ? above / below : null,
    interval: ratioInterval(other, base),
  };
}
