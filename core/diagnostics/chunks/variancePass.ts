import { tidy } from "../../backends/tidy";
import { collectRows, type RowSums } from "../../gradients/collectRows";
import { sumsOfRows } from "../../gradients/sumsOfRows";
import { surrogateRows } from "../../gradients/surrogate";
import { Noise } from "../../random/noise";
import { refinedRows } from "../../training/refinedRows";
import { tileRows } from "../enumerate";
import { type ExampleSpread, exampleSpread, spreadOfValues } from "../exampleSpread";
import type { ChunkKind } from "./chunks";
import type { Draws } from "./draws";

/** At least two replicates. */
export interface Replicates extends Draws {
  /** Of equal size, whose variances are wanted apart. */
  readonly groups: number;
  /** Whether the examples' means are wanted beside their spread. */
  readonly means: boolean;
  /** Whether the rows themselves are looked at, in float64. */
  readonly small: boolean;
  /** Whether the moments of single elements are wanted, by parameter. */
  readonly elements: readonly boolean[];
  /** Whether all rows together are wanted: their sum and their inner products. */
  readonly together: boolean;
  /** Whether rows climb to refined posteriors first, as in training. */
  readonly refined: boolean;
}

/** What is kept of the replicates' gradients of one parameter. */
export interface ReplicateParts {
  readonly spread: ExampleSpread;
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
    const { seed, step, examples: m, firstReplicate, replicates, groups, means, small, elements, together } = args;
    return tidy(() => {
      const evaluation = {
        ...{ structure, objective, estimators: sets[0]!.estimators },
        data: tileRows(data, replicates),
        noise: new Noise({ seed, step, numSamples, numRows: replicates * m, replicates, firstReplicate }),
        training: false,
      };
      const form = args.refined ? refinedRows(instance) : surrogateRows;
      const { rows } = collectRows<RowSums>(instance, evaluation, form);
      const layout = { examples: m, replicates, groups };
      return rows.map((row, i): ReplicateParts => {
        const values = small || elements[i] ? row.materialise().dataSync<"float32">() : null;
        const gram = together ? row.gram().dataSync<"float32">() : null;
        return {
          spread: values ? spreadOfValues(values, layout) : exampleSpread(row, layout, means, gram ?? undefined),
          ...(elements[i] ? elementSums(values!, replicates) : { first: null, second: null }),
          together: gram ? { sum: sumsOfRows(row, 1).dataSync<"float32">(), gram } : null,
        };
      });
    });
  },
};

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
