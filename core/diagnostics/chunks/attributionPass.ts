import { tf } from "../../backends/tf";
import { tidy } from "../../backends/tidy";
import { collectRows } from "../../gradients/collectRows";
import { differenceOfRows } from "../../gradients/differenceOfRows";
import type { RowGradients } from "../../gradients/rowGradients";
import { Noise } from "../../random/noise";
import { RedrawnNoise } from "../../random/redrawnNoise";
import type { RedrawnSquares } from "../attributionMoments";
import { tileRows } from "../enumerate";
import type { ChunkKind } from "./chunks";
import type { Draws } from "./draws";

/** Between the two sets of noise; more than anyone draws. */
const OFFSET = 2 ** 30;

/** Draws replicates of every example, and again with each node's noise alone redrawn; for every parameter the squares of every row, replicate-major. */
export const attributionPass: ChunkKind<Draws, readonly (readonly RedrawnSquares[])[]> = {
  id: "attribution-pass",
  compute({ instance, structure, objective, data: examplesData, numSamples, sets }, args) {
    const { seed, step, examples, firstReplicate, replicates } = args;
    const { nodes } = structure;
    const numRows = replicates * examples;
    const layout = { seed, step, numSamples, numRows, replicates, firstReplicate };
    return tidy(() => {
      const data = tileRows(examplesData, replicates);
      const { estimators } = sets[0]!;
      const rowsOf = (noise: Noise): readonly RowGradients[] =>
        collectRows(instance, { structure, objective, estimators, data, noise, training: false }).rows;
      const base = rowsOf(new Noise(layout));
      const redrawn = (which: readonly string[]): readonly RowGradients[] =>
        rowsOf(new RedrawnNoise(layout, OFFSET, new Set(which)));
      const all = redrawn(nodes);
      const each = nodes.map((node) => redrawn([node]));
      return base.map((own, i) => {
        const whole = halfSquares(all[i]!, own);
        const alone = each.map((rows) => halfSquares(rows[i]!, own));
        const others = each.map((rows) => halfSquares(all[i]!, rows[i]!));
        return Array.from({ length: numRows }, (_, row) => ({
          all: whole[row]!,
          alone: alone.map((values) => values[row]!),
          others: others.map((values) => values[row]!),
        }));
      });
    });
  },
};

/** ½‖a − b‖² of every row. */
function halfSquares(a: RowGradients, b: RowGradients): readonly number[] {
  const gram = differenceOfRows(a, b).gram();
  const squares = tf.sum(tf.mul(gram, tf.eye(gram.shape[0])), 1).dataSync();
  return Array.from(squares, (value) => Math.max(0, value) / 2);
}
