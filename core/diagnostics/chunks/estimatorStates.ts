import { tidy } from "../../backends/tidy";
import { collectRows } from "../../gradients/collectRows";
import { Noise } from "../../random/noise";
import { stateValues, tileRows } from "../enumerate";
import type { ChunkKind } from "./chunks";

export interface StateRange {
  /** The first joint state, and how many. */
  readonly first: number;
  readonly count: number;
}

interface WeightedMoments {
  /** Σ q(h | x_b) of every example, `[B]`. */
  readonly weights: Float64Array;
  /** Σ q(h | x_b) ĝ and Σ q(h | x_b) ĝ², one array `[B, P]` a parameter. */
  readonly first: readonly Float64Array[];
  readonly second: readonly Float64Array[];
}

/** The share of some joint states in the moments of the first set of estimators; sums in float64. */
export const estimatorStates: ChunkKind<StateRange, WeightedMoments> = {
  id: "estimator-states",
  compute({ instance, structure, objective, data, batchSize: B, numSamples, sets }, { first, count }) {
    return tidy(() => {
      const { rows, surrogate } = collectRows(instance, {
        structure,
        objective,
        estimators: sets[0]!.estimators,
        data: tileRows(data, count),
        noise: new Noise({ seed: 0, step: 0, numSamples, numRows: count * B, replicates: count, firstReplicate: 0 }),
        training: false,
        forced: stateValues(structure, numSamples, first, count, B),
      });
      const rowWeights = Float64Array.from(surrogate.logProb.dataSync(), Math.exp);
      const weights = new Float64Array(B);
      rowWeights.forEach((weight, row) => void (weights[row % B]! += weight));
      const moments = rows.map(({ materialise }) => weightedMoments(materialise().dataSync(), rowWeights, B));
      return { weights, first: moments.map(({ mean }) => mean), second: moments.map(({ square }) => square) };
    });
  },
};

function weightedMoments(
  values: ArrayLike<number>,
  weights: Float64Array,
  B: number,
): { mean: Float64Array; square: Float64Array } {
  const P = values.length / weights.length;
  const mean = new Float64Array(B * P);
  const square = new Float64Array(B * P);
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    const at = (row % B) * P;
    for (let element = 0; element < P; element++) {
      const value = values[row * P + element]!;
      mean[at + element]! += weight * value;
      square[at + element]! += weight * value * value;
    }
  }
  return { mean, square };
}
