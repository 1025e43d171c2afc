import { tf } from "../backends/tf";
import { countStates } from "../diagnostics/enumerate";
import { exactGradient, type ExactRequest } from "../diagnostics/exactGradient";
import type { Sliced } from "../diagnostics/sliced";
import { isExact } from "../estimators/isExact";
import { estimateGradient } from "../gradients/gradient";
import { Noise } from "../random/noise";
import { countEvaluations } from "./countEvaluations";
import type { Prepared } from "./prepare";

/** What an estimate costs. */
export interface EstimateCost {
  /** Median over the turns. */
  readonly seconds: number;
  /** Least of the turns. */
  readonly leastSeconds: number;
  /** Of every turn, in order. */
  readonly turns: readonly number[];
  /** Passes of one sample of the whole batch. */
  readonly evaluations: number;
}

/**
 * What one estimate of the batch-mean gradient costs under each of several estimators, timed in turns after one that warms up.
 *
 * @param training with what baselines learn from it, which changes them
 */
export function* timeEstimates(
  contenders: readonly (Pick<Prepared, "specs" | "estimators"> & { readonly numSamples: number })[],
  request: Omit<ExactRequest, "numSamples">,
  {
    seed,
    step,
    turns = 5,
    training = false,
  }: { readonly seed: number; readonly step: number; readonly turns?: number; readonly training?: boolean },
): Sliced<readonly EstimateCost[]> {
  const { instance, structure, objective, data, batchSize } = request;
  const running = contenders.map((contender) => ({
    ...contender,
    exact: isExact(contender.specs),
    counted: countEvaluations(instance, batchSize),
    seconds: [] as number[],
  }));
  for (let i = 0; i <= turns; i++) {
    for (const { exact, counted, estimators, numSamples, seconds } of running) {
      const layout = { seed, step: step + i, numSamples, numRows: batchSize, replicates: 1, firstReplicate: 0 };
      const began = performance.now();
      if (exact) exactGradient({ ...request, numSamples, instance: counted.instance });
      else {
        const { gradients } = estimateGradient(counted.instance, {
          ...{ structure, objective, estimators, data, noise: new Noise(layout), training },
        });
        for (const gradient of gradients.values()) gradient.dataSync();
        tf.dispose([...gradients.values()]);
      }
      if (i > 0) seconds.push((performance.now() - began) / 1000);
      yield 1;
    }
  }
  return running.map(({ exact, counted, numSamples, seconds }) => {
    const states = countStates(structure, numSamples);
    return {
      seconds: median(seconds),
      leastSeconds: Math.min(...seconds),
      turns: seconds,
      evaluations: exact ? ("states" in states ? states.states : NaN) : counted.count() / (turns + 1),
    };
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
