import { tidy } from "../backends/tidy";
import { tf } from "../backends/tf";
import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import { differenceOfRows } from "../gradients/differenceOfRows";
import type { RowGradients } from "../gradients/rowGradients";
import { Noise } from "../random/noise";
import { RedrawnNoise } from "../random/redrawnNoise";
import { tileRows } from "./enumerate";
import type { ExactRequest } from "./exactGradient";
import { meanInterval } from "./meanInterval";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import type { Sliced } from "./sliced";

export interface AttributionRequest extends ExactRequest {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** Estimates of every example's gradient. */
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
}

/** How much of one parameter's Monte Carlo variance is there because of one node's noise. */
export interface NodeEffect {
  readonly node: string;
  /** E Var(ĝ | the other nodes' noise) of one estimate of the batch-mean gradient, all elements together. */
  readonly variance: number;
  /** 95 % interval of `variance`, null when unknown. */
  readonly interval: readonly [number, number] | null;
  /** `variance` over the whole Monte Carlo variance; null without any. Shares add up to 1, or to more where nodes interact. */
  readonly share: number | null;
}

export interface ParameterAttribution {
  readonly name: string;
  readonly shape: readonly number[];
  /** Monte Carlo variance of one estimate. */
  readonly variance: number;
  /** From the largest effect. */
  readonly nodes: readonly NodeEffect[];
}

/** Rows of one evaluation. */
const ROWS = 256;
/** Between the two sets of noise; more than anyone draws. */
const OFFSET = 2 ** 30;

/**
 * Which node causes which parameter's Monte Carlo variance: every node's noise in turn is drawn again with the others' held, and half
 * the mean squared change is its total effect, E Var(ĝ | others): Jansen's estimator (Computer Physics Communications 117, 1999).
 * What a node's noise decides further down, through the nodes drawn given it, counts as its effect too.
 */
export function* attributeVariance(request: AttributionRequest): Sliced<readonly ParameterAttribution[]> {
  const { instance, structure, objective, estimators, numSamples, batchSize: B, draws, seed, step } = request;
  const hasData = Object.keys(request.data).length > 0;
  const m = hasData ? B : 1;
  const targets = [...structure.nodes, null];
  const squares = instance.parameters.map(() => targets.map(() => Array.from({ length: m }, (): number[] => [])));
  const perPass = Math.max(1, Math.min(draws, Math.floor(ROWS / m)));
  for (let done = 0; done < draws; done += perPass) {
    const R = Math.min(perPass, draws - done);
    tidy(() => {
      const layout = {
        seed,
        step,
        numSamples,
        numRows: R * m,
        replicates: R,
        firstReplicate: DIAGNOSTIC_REPLICATE + done,
      };
      const data = tileRows(request.data, R);
      const rowsOf = (noise: Noise): readonly RowGradients[] =>
        collectRows(instance, { structure, objective, estimators, data, noise, training: false }).rows;
      const base = rowsOf(new Noise(layout));
      targets.forEach((node, t) => {
        const redrawn = new Set(node === null ? structure.nodes : [node]);
        rowsOf(new RedrawnNoise(layout, OFFSET, redrawn)).forEach((rows, i) => {
          const norms = squaredNorms(differenceOfRows(rows, base[i]!));
          for (let row = 0; row < R * m; row++) squares[i]![t]![row % m]!.push(Math.max(0, norms[row]!) / 2);
        });
      });
    });
    yield Math.min(1, (done + R) / draws);
  }
  return instance.parameters.map(({ name, shape }, i) => {
    const variance = mean(squares[i]![targets.length - 1]!) / B;
    const nodes = structure.nodes.map((node, t): NodeEffect => {
      const byExample = squares[i]![t]!;
      const effect = mean(byExample) / B;
      const interval = meanInterval(draws >= 4 ? byExample : [byExample.map((values) => mean([values]))]);
      return {
        node,
        variance: effect,
        interval: interval && [interval[0] / B, interval[1] / B],
        share: variance > 0 ? effect / variance : null,
      };
    });
    return { name, shape, variance, nodes: nodes.sort((a, b) => b.variance - a.variance) };
  });
}

/** ‖row‖² of every row. */
function squaredNorms(rows: RowGradients): ArrayLike<number> {
  const gram = rows.gram();
  const n = gram.shape[0];
  return tf.sum(tf.mul(gram, tf.eye(n)), 1).dataSync();
}

function mean(groups: readonly (readonly number[])[]): number {
  let total = 0;
  let count = 0;
  for (const values of groups) {
    for (const value of values) total += value;
    count += values.length;
  }
  return count === 0 ? 0 : total / count;
}
