import { tf } from "../backends/tf";
import { tidy } from "../backends/tidy";
import type { NodeEstimator } from "../estimators/estimator";
import { collectRows } from "../gradients/collectRows";
import { differenceOfRows } from "../gradients/differenceOfRows";
import type { RowGradients } from "../gradients/rowGradients";
import type { ParameterAttribution } from "../protocol/snapshot";
import { Noise } from "../random/noise";
import { RedrawnNoise } from "../random/redrawnNoise";
import { AttributionMoments } from "./attributionMoments";
import { tileRows } from "./enumerate";
import type { ExactRequest } from "./exactGradient";
import { DIAGNOSTIC_REPLICATE } from "./measureVariance";
import type { MomentsWindow } from "./momentsWindow";
import type { Sliced } from "./sliced";

export interface AttributionRequest extends ExactRequest {
  readonly estimators: ReadonlyMap<string, NodeEstimator>;
  /** m: examples in `data`, 1 without; B when left out. */
  readonly examples?: number;
  /** Estimates of every example's gradient. */
  readonly draws: number;
  readonly seed: number;
  readonly step: number;
  /** Earlier measurements that are averaged with this one. */
  readonly window?: MomentsWindow<AttributionMoments>;
}

/** Rows of one evaluation. */
const ROWS = 256;
/** Between the two sets of noise; more than anyone draws. */
const OFFSET = 2 ** 30;

/**
 * Which node causes which parameter's Monte Carlo variance: every node's noise in turn is drawn again with the others' held, and half
 * the mean squared change is its total effect; with everything drawn again but the node's noise, what is left is its first-order effect
 * (`AttributionMoments`). What a node's noise decides further down, through the nodes drawn given it, counts as its effect too.
 */
export function* attributeVariance(request: AttributionRequest): Sliced<readonly ParameterAttribution[]> {
  const { instance, structure, objective, estimators, numSamples, batchSize, draws, seed, step } = request;
  const hasData = Object.keys(request.data).length > 0;
  const m = hasData ? (request.examples ?? batchSize) : 1;
  const { nodes } = structure;
  const found = instance.parameters.map(() => new AttributionMoments(nodes, m));
  const perPass = Math.max(1, Math.min(draws, Math.floor(ROWS / m)));
  for (let done = 0; done < draws; done += perPass) {
    const R = Math.min(perPass, draws - done);
    tidy(() => {
      const layout = { seed, step, numSamples, numRows: R * m, replicates: R };
      const firstReplicate = DIAGNOSTIC_REPLICATE + done;
      const data = tileRows(request.data, R);
      const rowsOf = (noise: Noise): readonly RowGradients[] =>
        collectRows(instance, { structure, objective, estimators, data, noise, training: false }).rows;
      const base = rowsOf(new Noise({ ...layout, firstReplicate }));
      const redrawn = (which: readonly string[]): readonly RowGradients[] =>
        rowsOf(new RedrawnNoise({ ...layout, firstReplicate }, OFFSET, new Set(which)));
      const all = redrawn(nodes);
      const each = nodes.map((node) => redrawn([node]));
      found.forEach((moments, i) => {
        const whole = halfSquares(all[i]!, base[i]!);
        const alone = each.map((rows) => halfSquares(rows[i]!, base[i]!));
        const others = each.map((rows) => halfSquares(all[i]!, rows[i]!));
        for (let row = 0; row < R * m; row++)
          moments.add(row % m, {
            all: whole[row]!,
            alone: alone.map((values) => values[row]!),
            others: others.map((values) => values[row]!),
          });
      });
    });
    yield Math.min(1, (done + R) / draws);
  }
  return instance.parameters.map(({ name, shape }, i) => {
    const moments = request.window?.add(name, found[i]!) ?? found[i]!;
    return { name, shape, ...moments.result(batchSize) };
  });
}

/** ½‖a − b‖² of every row. */
function halfSquares(a: RowGradients, b: RowGradients): readonly number[] {
  const gram = differenceOfRows(a, b).gram();
  const squares = tf.sum(tf.mul(gram, tf.eye(gram.shape[0])), 1).dataSync();
  return Array.from(squares, (value) => Math.max(0, value) / 2);
}
