import type { NodeEffect, ParameterAttribution } from "../protocol/variance";
import { meanInterval } from "./meanInterval";
import { signedMeanInterval } from "./signedMeanInterval";

/** Squared changes of one draw of one example's gradient ĝ: all noise drawn again (g'), and node t's alone (g_t). */
export interface RedrawnSquares {
  /** ½‖g' − g‖². */
  readonly all: number;
  /** ½‖g_t − g‖², one for every node. */
  readonly alone: readonly number[];
  /** ½‖g' − g_t‖². */
  readonly others: readonly number[];
}

/**
 * Effects of every node's noise on the variance of one parameter's gradient, by Jansen's estimators (Computer Physics Communications 117,
 * 1999): the total effect E Var(ĝ | others) = E ½‖g_t − g‖², and the first-order effect Var(E[ĝ | node]) = Var ĝ − E ½‖g' − g_t‖².
 */
export class AttributionMoments {
  private mixed = false;
  /** By example. */
  private readonly draws: RedrawnSquares[][];

  constructor(
    private readonly nodes: readonly string[],
    examples: number,
  ) {
    this.draws = Array.from({ length: examples }, () => []);
  }

  /** Several measurements taken together, each of its own examples. */
  static pooled(parts: readonly AttributionMoments[]): AttributionMoments {
    const [first] = parts as [AttributionMoments];
    const pooled = new AttributionMoments(first.nodes, first.draws.length);
    for (const part of parts) part.draws.forEach((values, b) => pooled.draws[b]!.push(...values));
    pooled.mixed = parts.length > 1;
    return pooled;
  }

  add(example: number, squares: RedrawnSquares): void {
    this.draws[example]!.push(squares);
  }

  /** @param batchSize B: the estimate is a mean over B examples */
  result(batchSize: number): Omit<ParameterAttribution, "name" | "shape"> {
    const overBatch = (interval: readonly [number, number] | null): [number, number] | null =>
      interval && [interval[0] / batchSize, interval[1] / batchSize];
    const flat = this.draws.flat();
    const variance = mean(flat.map(({ all }) => all)) / batchSize;
    const nodes = this.nodes.map((node, t): NodeEffect => {
      const byExample = this.draws.map((draws) => draws.map(({ alone }) => alone[t]!));
      const effect = mean(byExample.flat()) / batchSize;
      const first = flat.map(({ all, others }) => all - others[t]!);
      return {
        node,
        variance: effect,
        interval: overBatch(meanInterval(this.strata(byExample))),
        share: variance > 0 ? effect / variance : null,
        firstOrder: mean(first) / batchSize,
        firstOrderInterval: overBatch(signedMeanInterval(first)),
      };
    });
    return { variance, nodes: nodes.sort((a, b) => b.variance - a.variance) };
  }

  /** With few draws of an example, or different examples in its place, the examples' own differences count as noise too. */
  private strata(byExample: readonly (readonly number[])[]): readonly (readonly number[])[] {
    if (this.mixed) return [byExample.flat()];
    return (byExample[0]?.length ?? 0) >= 4 ? byExample : [byExample.map(mean)];
  }
}

function mean(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return values.length === 0 ? 0 : total / values.length;
}
