import { tidy } from "../../backends/tidy";
import { collectRows } from "../../gradients/collectRows";
import { sumsOfRows } from "../../gradients/sumsOfRows";
import { Noise } from "../../random/noise";
import { tileRows } from "../enumerate";
import type { ChunkKind } from "./chunks";
import type { Draws } from "./draws";

/** An even number of replicates. */
export interface Replicates extends Draws {
  /** Whether the moments of single elements are wanted, by parameter. */
  readonly elements: readonly boolean[];
  /** Whether all rows together are wanted: their sum and their inner products. */
  readonly together: boolean;
}

/** What is kept of the replicates' gradients of one parameter. */
export interface ReplicateParts {
  /** Inner products of the rows of every pair of replicates, `[2m, 2m]` each. */
  readonly grams: readonly (Float32Array | Float64Array)[];
  /** Σ g and Σ g² over replicates, `[m, P]`, where they were asked for. */
  readonly first: Float64Array | null;
  readonly second: Float64Array | null;
  /** Σ g over all rows `[P]`, and their inner products `[R·m, R·m]`, where they were asked for. */
  readonly together: { readonly sum: Float32Array; readonly gram: Float32Array } | null;
}

/** Draws replicates of every example with the first set of estimators. */
export const variancePass: ChunkKind<Replicates, readonly ReplicateParts[]> = {
  id: "variance-pass",
  compute({ instance, structure, objective, data, numSamples, sets }, args) {
    const { seed, step, examples: m, firstReplicate, replicates, elements, together } = args;
    return tidy(() => {
      const { rows } = collectRows(instance, {
        structure,
        objective,
        estimators: sets[0]!.estimators,
        data: tileRows(data, replicates),
        noise: new Noise({ seed, step, numSamples, numRows: replicates * m, replicates, firstReplicate }),
        training: false,
      });
      return rows.map((row, i): ReplicateParts => {
        const values = replicates > 2 || elements[i] ? row.materialise().dataSync<"float32">() : null;
        const gram = replicates === 2 || together ? row.gram().dataSync<"float32">() : null;
        const grams = replicates > 2 ? gramsOfPairs(values!, replicates, m) : [gram!];
        return {
          grams,
          ...(elements[i] ? elementSums(values!, replicates) : { first: null, second: null }),
          together: together ? { sum: sumsOfRows(row, 1).dataSync<"float32">(), gram: gram! } : null,
        };
      });
    });
  },
};

function gramsOfPairs(rows: Float32Array, replicates: number, m: number): Float64Array[] {
  const P = rows.length / (replicates * m);
  const n = 2 * m;
  return Array.from({ length: replicates / 2 }, (_, pair) => {
    const from = 2 * pair * m;
    const gram = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let e = 0; e < P; e++) product += rows[(from + i) * P + e]! * rows[(from + j) * P + e]!;
        gram[i * n + j] = product;
        gram[j * n + i] = product;
      }
    }
    return gram;
  });
}

/** @param rows `[R·m, P]`, replicate-major */
function elementSums(rows: Float32Array, replicates: number): { first: Float64Array; second: Float64Array } {
  const count = rows.length / replicates;
  const first = new Float64Array(count);
  const second = new Float64Array(count);
  for (let r = 0; r < replicates; r++) {
    for (let i = 0; i < count; i++) {
      const value = rows[r * count + i]!;
      first[i]! += value;
      second[i]! += value * value;
    }
  }
  return { first, second };
}
